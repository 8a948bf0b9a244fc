/** How the set-up page looks: the system's fonts and colours, light and dark, down to 320 px. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1a1c1e; --muted: #555b61; --page: #f4f5f6; --card: #fff; --line: #8a9199;
  --accent: #1b5cc4; --on-accent: #fff; --wrong: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e8ea; --muted: #a3abb3; --page: #131517; --card: #1d2023; --line: #6c757d;
    --accent: #8ab4ff; --on-accent: #0c1b33; --wrong: #ffb4ab;
  }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; padding: 24px 16px; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center; }
main { width: 100%; max-width: 420px; padding: 28px 24px; background: var(--card); border-radius: 12px;
  box-shadow: 0 1px 3px #0003; overflow-wrap: anywhere; }
h1 { margin: 0 0 4px; font-size: 24px; line-height: 1.25; }
h1:focus { outline: none; }
p { margin: 0 0 16px; color: var(--muted); }
form { display: grid; gap: 16px; }
.field { display: grid; gap: 4px; }
label { font-weight: 600; }
input { width: 100%; min-height: 44px; padding: 8px 12px; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 8px; }
input[readonly] { border-style: dashed; }
input[aria-invalid="true"] { border-color: var(--wrong); }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hint { color: var(--muted); font-size: 14px; }
.wrong { color: var(--wrong); font-size: 14px; }
.wrong:empty { display: none; }
button { min-height: 48px; padding: 8px 16px; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent);
  border: 0; border-radius: 8px; cursor: pointer; }
button:disabled { opacity: .6; cursor: default; }
.reveal { display: flex; align-items: center; gap: 8px; font-size: 14px; }
.reveal input { width: 20px; min-height: 20px; height: 20px; margin: 0; }
.reveal label { font-weight: 400; }
a { color: var(--accent); }
ul { margin: 0; padding-left: 20px; display: grid; gap: 8px; }
[hidden] { display: none; }
`;
