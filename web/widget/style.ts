// The widget's style sheet. A page themes it with the custom properties
// --portico-accent and --portico-font on any element around the script, or with
// data-accent at the script tag.
export const css = `
:host { all: initial; display: block; }
.root {
  --accent: var(--portico-accent, #1f5fbf); --on-accent: var(--portico-on-accent, #fff);
  --paper: #fff; --ground: #f3f5f8; --ink: #1a2230; --soft: #566273; --line: #d3dae3; --alarm: #a3231b; --warn: #fff4d6; --on-warn: #4d3a00;
  font: 15px/1.45 var(--portico-font, system-ui, -apple-system, "Segoe UI", sans-serif); color: var(--ink); color-scheme: light;
}
.root.dark {
  --accent: var(--portico-accent, #7db0ff); --on-accent: var(--portico-on-accent, #0c1a30);
  --paper: #1b2330; --ground: #121821; --ink: #e8edf4; --soft: #a9b4c2; --line: #364254; --alarm: #ff9a8f; --warn: #453a17; --on-warn: #ffe9ad;
  color-scheme: dark;
}
*, *::before { box-sizing: border-box; }
[hidden] { display: none !important; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button, input, textarea { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; background: none; padding: 0; }
button:disabled { cursor: default; opacity: .6; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.icon { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; display: block; }
.launcher {
  position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; width: 60px; height: 60px; border-radius: 30px;
  display: grid; place-items: center; background: var(--accent); color: var(--on-accent); box-shadow: 0 6px 20px rgb(0 0 0 / .28);
}
.launcher .icon { width: 28px; height: 28px; }
.launcher:focus-visible { outline-color: var(--ink); }
.badge { position: absolute; top: -4px; right: -4px; min-width: 22px; padding: 1px 6px; border-radius: 11px; background: #b3261e; color: #fff; font-size: 13px; font-weight: 700; }
.panel {
  position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; width: 380px; max-width: calc(100vw - 40px);
  height: 600px; max-height: calc(100vh - 40px); max-height: calc(100dvh - 40px); display: flex; flex-direction: column; overflow: clip;
  background: var(--paper); border: 1px solid var(--line); border-radius: 16px; box-shadow: 0 12px 40px rgb(0 0 0 / .3);
}
.inline .panel { position: relative; inset: auto; width: 100%; max-width: none; height: min(640px, 78vh); box-shadow: none; z-index: auto; }
.head { display: flex; align-items: center; gap: 4px; padding: 12px 8px 12px 16px; background: var(--accent); color: var(--on-accent); }
.head > div { flex: 1; min-width: 0; }
h2 { margin: 0; font-size: 17px; line-height: 1.3; }
.state { margin: 0; font-size: 14px; min-height: 20px; }
.head button { width: 40px; height: 40px; border-radius: 8px; display: grid; place-items: center; }
.head button:hover { background: rgb(127 127 127 / .3); }
.head button:focus-visible { outline-color: currentColor; outline-offset: -3px; }
.banner { margin: 0; padding: 8px 16px; background: var(--warn); color: var(--on-warn); font-size: 14px; }
.ask { padding: 12px 16px; background: var(--ground); border-bottom: 1px solid var(--line); }
.ask p { margin: 0 0 8px; }
.ask button + button { margin-left: 8px; }
.main, .stream { flex: 1; min-height: 0; display: flex; flex-direction: column; }
.stream { position: relative; }
.start { padding: 16px; overflow-y: auto; display: flex; flex-direction: column; gap: 12px; }
.start p { margin: 0; }
label { font-weight: 600; }
label small { font-weight: 400; color: var(--soft); font-size: 14px; }
input, textarea { width: 100%; padding: 9px 12px; background: var(--paper); border: 1px solid var(--soft); border-radius: 8px; resize: none; }
input:read-only, textarea:read-only { background: var(--ground); }
.start input, .start textarea { margin-top: 4px; }
.primary { padding: 10px 18px; min-height: 44px; border-radius: 8px; background: var(--accent); color: var(--on-accent); font-weight: 600; }
.plain { padding: 8px 14px; min-height: 40px; border: 1px solid var(--soft); border-radius: 8px; background: var(--paper); font-weight: 600; }
.error { color: var(--alarm); font-weight: 600; }
.log { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 12px 16px; background: var(--ground); overflow-anchor: none; }
.log:focus-visible { outline-offset: -3px; }
.messages { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; gap: 10px; }
.message { position: relative; max-width: 85%; align-self: flex-start; display: grid; gap: 2px; }
.same { margin-top: -6px; }
.same .author { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.message:has(+ .same) time { display: none; }
.own { align-self: flex-end; justify-items: end; }
.author { font-size: 13px; font-weight: 600; color: var(--soft); }
.text { padding: 8px 12px; border-radius: 4px 14px 14px; background: var(--paper); border: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
.own .text { border-radius: 14px 4px 14px 14px; background: var(--accent); color: var(--on-accent); border-color: transparent; }
.text a { color: inherit; }
.waiting .text { opacity: .75; }
.refused .text { background: var(--paper); color: var(--ink); border-color: var(--alarm); }
.mark { font-size: 12px; color: var(--soft); font-variant-numeric: tabular-nums; }
.refused .mark { color: var(--alarm); font-weight: 600; }
.event { align-self: center; max-width: 90%; text-align: center; font-size: 14px; color: var(--soft); }
.typing { margin: 0; padding: 0 16px 6px; min-height: 26px; font-size: 14px; color: var(--soft); background: var(--ground); }
.jump { position: absolute; left: 50%; bottom: 12px; transform: translateX(-50%); padding: 6px 14px; min-height: 36px; border-radius: 18px; background: var(--ink); color: var(--paper); font-size: 14px; font-weight: 600; }
.composer { display: flex; gap: 8px; align-items: flex-end; padding: 10px; border-top: 1px solid var(--line); }
.composer textarea { flex: 1; max-height: 120px; min-height: 44px; }
.composer button { width: 44px; height: 44px; border-radius: 8px; display: grid; place-items: center; background: var(--accent); color: var(--on-accent); }
.over { padding: 12px 16px; border-top: 1px solid var(--line); text-align: center; }
.over p { margin: 0 0 8px; }
@media (max-width: 480px) {
  .floating .panel { inset: 0; width: 100%; max-width: none; height: 100%; max-height: none; border: 0; border-radius: 0; }
}
@media (prefers-reduced-motion: no-preference) {
  .floating .panel { animation: rise .16s ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
}
@media (forced-colors: active) { .launcher, .primary, .composer button, .own .text { border: 2px solid; } }
`;
