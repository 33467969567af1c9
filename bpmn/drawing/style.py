"""Colours and type of a picture. A page may set the variables (`--bpmn-ink` and so on) to its own."""

FONTS = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', 'Noto Sans SC', "
    "'PingFang SC', 'Microsoft YaHei', sans-serif"
)

STYLE = f"""
.bpmn {{ font-family: {FONTS}; fill: var(--bpmn-ink, #24304a); }}
.bpmn .paper {{ fill: var(--bpmn-paper, #ffffff); }}
.bpmn .node {{ fill: var(--bpmn-box, #ffffff); stroke: var(--bpmn-line, #4a5873); stroke-width: 1.6; }}
.bpmn .frame {{ fill: var(--bpmn-frame, #f6f8fb); stroke: var(--bpmn-line, #4a5873); stroke-width: 1.4; }}
.bpmn .event-frame {{ stroke-dasharray: 3 4; stroke-width: 1.8; stroke-linecap: round; }}
.bpmn .call {{ stroke-width: 4; }}
.bpmn .end {{ stroke-width: 3.6; }}
.bpmn .inner {{ fill: none; stroke-width: 1.3; }}
.bpmn .dashed {{ stroke-dasharray: 5 3.5; }}
.bpmn .flow {{ fill: none; stroke: var(--bpmn-flow, #71809c); stroke-width: 1.5; stroke-linejoin: round; }}
.bpmn .head {{ fill: var(--bpmn-flow, #71809c); stroke: none; }}
.bpmn .dotted {{ stroke-dasharray: 1.5 4; stroke-linecap: round; }}
.bpmn .mark {{ fill: none; stroke: var(--bpmn-line, #4a5873); stroke-width: 1.2; stroke-linejoin: round;
  stroke-linecap: round; }}
.bpmn .mark-filled {{ fill: var(--bpmn-line, #4a5873); stroke: var(--bpmn-line, #4a5873); stroke-width: 1.2;
  stroke-linejoin: round; }}
.bpmn .mark-cut {{ fill: none; stroke: var(--bpmn-box, #ffffff); stroke-width: 1.3; }}
.bpmn .mark-thick {{ fill: none; stroke: var(--bpmn-line, #4a5873); stroke-width: 3; stroke-linecap: round; }}
.bpmn .mark-ring {{ fill: none; stroke: var(--bpmn-line, #4a5873); stroke-width: 2.6; }}
.bpmn .lane {{ fill: none; stroke: var(--bpmn-line, #4a5873); stroke-width: 1; }}
.bpmn text {{ font-size: 12px; stroke: none; }}
.bpmn .label text {{ font-size: 11px; fill: var(--bpmn-quiet, #44516b); paint-order: stroke;
  stroke: var(--bpmn-paper, #ffffff); stroke-width: 3px; stroke-linejoin: round; }}
.bpmn .in-frame text {{ stroke: var(--bpmn-frame, #f6f8fb); }}
.bpmn .caption {{ font-weight: 600; }}
.bpmn .travelled > .node, .bpmn .travelled .mark-ring, .bpmn .travelled .mark-thick {{
  stroke: var(--bpmn-path, #1c6dd0); }}
.bpmn .travelled > .frame {{ stroke: var(--bpmn-path, #1c6dd0); }}
.bpmn .travelled > .flow {{ stroke: var(--bpmn-path, #1c6dd0); stroke-width: 2.4; }}
.bpmn .travelled > .head {{ fill: var(--bpmn-path, #1c6dd0); }}
.bpmn .heat-1 > .node {{ fill: #f3f6ee; }}
.bpmn .heat-2 > .node {{ fill: #dcebd9; }}
.bpmn .heat-3 > .node {{ fill: #b4d7c4; }}
.bpmn .heat-4 > .node {{ fill: #7fbcb0; }}
.bpmn .heat-5 > .node {{ fill: #4c9a96; }}
.bpmn .active > .node {{ fill: var(--bpmn-active, #fff4dc); stroke: var(--bpmn-token, #c2610c);
  stroke-width: 2.4; }}
.bpmn .active > .frame {{ stroke: var(--bpmn-token, #c2610c); stroke-width: 2.2; }}
.bpmn .active > .call {{ stroke-width: 4.4; }}
.bpmn .badge rect {{ fill: var(--bpmn-token, #c2610c); stroke: var(--bpmn-paper, #ffffff); stroke-width: 2; }}
.bpmn .badge text {{ font-size: 11px; font-weight: 600; fill: #ffffff; }}
.bpmn .count rect {{ fill: var(--bpmn-count, #e4eaf3); stroke: var(--bpmn-paper, #ffffff);
  stroke-width: 1.5; }}
.bpmn .count text {{ font-size: 10.5px; fill: var(--bpmn-quiet, #44516b); }}
"""
