// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/actions.h"

#include "app/models/format.h"
#include "core/support/resources.h"
#include "core/support/text.h"

#include <QSettings>

#include <map>

namespace fxscope {
namespace {

// clang-format off
constexpr ActionSpec kTable[] = {
    {"file.open",        "File", "&Open…",            "Ctrl+O",          "Open a file with a graph"},
    {"file.openFolder",  "File", "Open &Folder…",     "Ctrl+Shift+O",    "Open every graph in a folder"},
    {"file.reload",      "File", "&Reload",           "Ctrl+R",          "Read the file again"},
    {"file.close",       "File", "&Close",            "Ctrl+W",          "Close the current file"},
    {"file.export",      "File", "&Export Graph…",    "Ctrl+Shift+E",    "Write the graph as Python, text, JSON or a picture", false, true},
    {"file.savePicture", "File", "Save &Picture…",    "Ctrl+Alt+E",      "Write the picture of the graph as PNG, SVG or PDF"},
    {"file.quit",        "File", "&Quit",             "Ctrl+Q",          "Leave fxscope", false, true},

    {"edit.copy",        "Edit", "&Copy",             "Ctrl+C",          "Copy the selected names or row; with none, the step as Markdown"},
    {"edit.find",        "Edit", "&Find…",            "Ctrl+F, /",       "Find nodes by name, op:, shape:, dtype:, users>, module: or /regex/", false, true},
    {"edit.findNext",    "Edit", "Find &Next",        "F3",              "Next hit"},
    {"edit.findPrevious","Edit", "Find &Previous",    "Shift+F3",        "Previous hit"},
    {"edit.locate",      "Edit", "&Go To…",           "Ctrl+K",          "Any node, pass, pattern, graph, file or command by some letters of its name"},

    {"passes.run",       "Passes", "&Run Passes",     "Ctrl+Return",     "Run the chosen passes again"},
    {"patterns.addFile", "Passes", "Add Pattern &File…", "",             "Use a pattern file as the pattern set"},
    {"patterns.add",     "Passes", "&Add Pattern Folder…", "",            "Use the pattern files of a folder as the pattern set"},
    {"patterns.source",  "Passes", "Pattern &Source", "",                "The chosen pattern as written and as traced"},
    {"patterns.halt",    "Passes", "&Breakpoint",     "F9",              "Run to the End halts at matches and misses of the pattern, or where a step touches the node", true},
    {"patterns.haltNone","Passes", "Remove A&ll Breakpoints", "Ctrl+Shift+F9", "Run to the End halts nowhere"},

    {"step.next",        "Step", "Step &Forward",     "Ctrl+Right, F10", "Next rewrite"},
    {"step.previous",    "Step", "Step &Back",        "Ctrl+Left, Shift+F10", "Previous rewrite"},
    {"step.last",        "Step", "Run to the &End",   "F5",              "After the last rewrite, or to the next breakpoint"},
    {"step.toNode",      "Step", "Run to the Selected &Node", "Ctrl+F10", "To the next rewrite that matches, removes, creates or changes the selected node"},
    {"step.first",       "Step", "Back to the &Start","Shift+F5",        "Before the first rewrite"},
    {"match.into",       "Step", "Into the &Matcher", "F11",             "Compare the next part of the pattern with the graph", false, true},
    {"match.out",        "Step", "&Out of the Matcher", "Shift+F11",     "Show the whole comparison again"},
    {"pass.next",        "Step", "Ne&xt Changing Pass", "F",             "First rewrite of the next pass that changed something", false, true},
    {"pass.previous",    "Step", "&Previous Changing Pass", "Shift+F",   "First rewrite of the previous pass that changed something"},

    {"run.compare",      "Run", "&Run Before and After", "R",            "Run the graph before and after on the chosen device and compare every value"},
    {"run.timed",        "Run", "Run with &Timing",   "Shift+R",         "Run both several times and compare the time of every node"},
    {"run.fuse",         "Run", "&Fuse Elementwise Nodes", "",           "Time neighbouring elementwise nodes as one pass over memory; the values compared stay those of single nodes", true, true},
    {"run.replay",       "Run", "Replay as One CUDA &Graph", "",         "Runs with timing also record the work and time it as one, on devices that can", true},
    {"run.cancel",       "Run", "&Cancel",            "Ctrl+.",          "Stop what is computing"},

    {"view.fit",         "View", "&Fit",              "Space",           "Show the selected node's neighbourhood, else everything"},
    {"view.fitAll",      "View", "Fit &Everything",   "Ctrl+Space",      "Show the whole graph"},
    {"view.zoomIn",      "View", "Zoom &In",          "Ctrl++, Ctrl+=",  "Larger"},
    {"view.zoomOut",     "View", "Zoom &Out",         "Ctrl+-",          "Smaller"},
    {"view.zoomReset",   "View", "&Actual Size",      "Ctrl+0",          "Zoom 100 %"},
    {"view.overlay",     "View", "O&verlay",          "Ctrl+D",          "One picture with added, removed and changed nodes instead of before and after", true, true},
    {"view.minimap",     "View", "Overview Stri&p",   "",                "The whole graph beside the picture", true},
    {"view.leftRight",   "View", "&Left to Right",    "Ctrl+Shift+L",    "The flow runs to the right instead of down", true},
    {"view.wheelZooms",  "View", "&Wheel Zooms",      "",                "The wheel zooms instead of scrolling; Ctrl and the wheel does the other", true},
    {"view.graphviz",    "View", "Layout by &Graphviz", "",              "For pictures of up to 300 boxes", true},
    {"view.colourChanges","View", "Colour by &Changes", "",              "Boxes in the colour of their kind; changes stand out", true, true},
    {"view.colourTime",  "View", "Colour by &Time",   "",                "The longer a node took, the darker; run with timing first", true},
    {"view.colourError", "View", "Colour b&y Error",  "",                "The more a value differs before and after, the darker; run first", true},
    {"view.colourScore", "View", "Colour by Near-Miss &Score", "",       "The more of the chosen pattern fits at a node, the darker", true},

    {"group.show",       "Graph", "&Modules",         "M",               "Frames around modules, which fold and unfold", true},
    {"group.fold",       "Graph", "&Fold or Unfold",  "Z",               "The selected module, or the one around the selected node"},
    {"group.around",     "Graph", "Select the Module Aroun&d", "Shift+M", "The module around the selected node or module"},
    {"group.foldAll",    "Graph", "Fold &All",        "Shift+Z",         "Only the outermost modules"},
    {"group.unfoldAll",  "Graph", "&Unfold All",      "Ctrl+Shift+Z",    "Every module open"},
    {"group.repeats",    "Graph", "&Repeated Blocks Once", "",           "Of blocks built alike in a row only the first, with their number", true},
    {"group.sources",    "Graph", "Fold Pla&ceholders", "",              "Placeholders and attributes as tags at their users", true},
    {"part.revealInputs","Graph", "Reveal &Inputs",   "I",               "Hidden inputs of the selected nodes", false, true},
    {"part.revealUsers", "Graph", "Reveal &Outputs",  "O",               "Hidden users of the selected nodes"},
    {"part.hide",        "Graph", "&Hide Selected",   "S",               "Leave the selected nodes out of the picture"},
    {"part.hideOthers",  "Graph", "Hide U&nselected", "U",               "Leave only the selected nodes in the picture"},
    {"part.extract1",    "Graph", "E&xtract Neighbours", "E",            "Only the selected nodes and what is one edge away"},
    {"part.extract3",    "Graph", "Extract &Three Edges Around", "Shift+E", "Only what is at most three edges away"},
    {"part.extractN",    "Graph", "Extract Mor&e Edges Around…", "",     "Only what is at most as many edges away as you say"},
    {"part.path",        "Graph", "Select the &Path Between", "P",       "Every node on a path between the two selected nodes"},
    {"part.showAll",     "Graph", "&Show All",        "Shift+A",         "Hide nothing"},

    {"node.back",        "Go", "&Back",               "Alt+Left, Backspace", "Node visited before"},
    {"node.forward",     "Go", "&Forward",            "Alt+Right",       "Node visited after"},
    {"node.input1",      "", "Go to input 1", "1", ""}, {"node.input2", "", "Go to input 2", "2", ""},
    {"node.input3",      "", "Go to input 3", "3", ""}, {"node.input4", "", "Go to input 4", "4", ""},
    {"node.input5",      "", "Go to input 5", "5", ""}, {"node.input6", "", "Go to input 6", "6", ""},
    {"node.input7",      "", "Go to input 7", "7", ""}, {"node.input8", "", "Go to input 8", "8", ""},
    {"node.input9",      "", "Go to input 9", "9", ""},

    {"help.keys",        "Help", "&Keyboard Shortcuts", "F1, ?",         "Every key on one sheet"},
    {"help.about",       "Help", "&About fxscope",    "",                "Version and licence"},
};
// clang-format on

using KeyMap = std::map<std::string, std::string, std::less<>>;

/// Lines "id = keys"; comments and blank lines are skipped.
KeyMap readKeys(std::string_view text) {
    KeyMap keys;
    for (std::string_view line : split(text, '\n')) {
        const size_t equals = line.find(" = ");
        if (equals != std::string_view::npos && !line.starts_with('#'))
            keys[std::string(trim(line.substr(0, equals)))] = std::string(trim(line.substr(equals + 3)));
    }
    return keys;
}

QList<QKeySequence> sequences(const QString& keys) {
    QList<QKeySequence> list;
    for (const QString& key : keys.split(QStringLiteral(", "), Qt::SkipEmptyParts))
        list << QKeySequence::fromString(key, QKeySequence::PortableText);
    return list;
}

} // namespace

std::span<const ActionSpec> actionTable() { return kTable; }

Actions::Actions(QObject* parent) : QObject(parent) {
    for (const ActionSpec& spec : kTable) {
        auto* action = new QAction(QString::fromUtf8(spec.text), this);
        action->setObjectName(QString::fromUtf8(spec.id));
        action->setStatusTip(QString::fromUtf8(spec.tip));
        action->setCheckable(spec.checkable);
        m_actions.insert(action->objectName(), action);
    }
    usePreset(QSettings().value(QStringLiteral("keys/preset"), QStringLiteral("Default")).toString());
}

QAction* Actions::operator[](const char* id) const {
    QAction* action = m_actions.value(QString::fromUtf8(id));
    Q_ASSERT(action);
    return action;
}

void Actions::on(const char* id, std::function<void()> then) const {
    connect((*this)[id], &QAction::triggered, this, [then = std::move(then)] { then(); });
}

QStringList Actions::presets() {
    QStringList names;
    for (const std::string& file : resourceNames("shortcuts/"))
        names << qs(file).section(u'/', -1).section(u'.', 0, 0);
    return names;
}

void Actions::usePreset(const QString& name) {
    m_preset = presets().contains(name) ? name : QStringLiteral("Default");
    QSettings settings;
    settings.setValue(QStringLiteral("keys/preset"), m_preset);
    const auto file = resource("shortcuts/" + m_preset.toStdString() + ".keys");
    const KeyMap preset = readKeys(file.value_or(std::string_view{}));
    for (const ActionSpec& spec : kTable) {
        const auto other = preset.find(spec.id);
        const QString keys = qs(other == preset.end() ? std::string(spec.keys) : other->second);
        const QString chosen = QStringLiteral("keys/") + QString::fromUtf8(spec.id);
        QAction* action = (*this)[spec.id];
        action->setShortcuts(sequences(settings.value(chosen, keys).toString()));
        const QString shown = action->shortcut().toString(QKeySequence::NativeText);
        action->setToolTip(shown.isEmpty() ? action->statusTip()
                                           : action->statusTip() + QStringLiteral("  (%1)").arg(shown));
    }
}

} // namespace fxscope
