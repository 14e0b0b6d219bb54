/** Kinds of alert, as Markdown spells them: `> [!NOTE]`. */
export type AlertKind = "NOTE" | "TIP" | "IMPORTANT" | "WARNING" | "CAUTION";

/** How each API says an alert. The colours are those of Atlassian's own panels. */
export const alerts: Readonly<Record<AlertKind, { readonly panelType: string; readonly title: string; readonly color: string }>> =
  {
    NOTE: { panelType: "info", title: "Note", color: "#deebff" },
    TIP: { panelType: "success", title: "Tip", color: "#e3fcef" },
    IMPORTANT: { panelType: "note", title: "Important", color: "#eae6ff" },
    WARNING: { panelType: "warning", title: "Warning", color: "#fffae6" },
    CAUTION: { panelType: "error", title: "Caution", color: "#ffebe6" },
  };
