/** How the page looks: the system's fonts, light and dark, from 320 px to the desktop. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1a1c1e; --muted: #555b61; --page: #f4f5f6; --card: #fff; --line: #8a9199; --edge: #dfe3e7; --mine: #e4edfb;
  --accent: #1b5cc4; --on-accent: #fff; --wrong: #b3261e; --end: #b3261e; --good: #1b7f4d; --waiting: #9a5b00; --notice: #fff3d6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e8ea; --muted: #a3abb3; --page: #131517; --card: #1d2023; --line: #6c757d; --edge: #2e3338; --mine: #22324d;
    --accent: #8ab4ff; --on-accent: #0c1b33; --wrong: #ffb4ab; --end: #c93c37; --good: #6fd6a0; --waiting: #f0b65f; --notice: #3a2f14;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { height: 100%; }
body { margin: 0; height: 100%; height: 100dvh; display: flex; flex-direction: column; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 20px; line-height: 1.25; }
h2 { margin: 0 0 8px; font-size: 16px; line-height: 1.25; }
h1:focus { outline: none; }
p { margin: 0; }
button, input, textarea { font: inherit; color: inherit; }
button { cursor: pointer; }
button:disabled { cursor: default; opacity: .45; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

header { display: flex; align-items: center; gap: 14px; width: 100%; max-width: 1120px; margin: 0 auto; padding: 16px 16px 12px; }
.who { flex: 1; min-width: 0; }
#face-to-face { flex: none; display: inline-flex; align-items: center; gap: 8px; min-height: 44px; padding: 8px 14px; font-size: 14px; font-weight: 600;
  border: 1px solid var(--line); border-radius: 22px; background: transparent; }
#face-to-face[aria-pressed="true"] { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
#orb { --level: 0; flex: none; width: 44px; height: 44px; border-radius: 50%;
  background: radial-gradient(circle at 32% 28%, #9cc2ff, #3f7be0 45%, #6a3fd0); filter: grayscale(.75);
  box-shadow: 0 0 0 calc(var(--level) * 9px) color-mix(in srgb, var(--accent) 28%, transparent); transition: filter .3s; }
[data-look="connected"] #orb { filter: none; }
.status { display: flex; flex-wrap: wrap; align-items: center; column-gap: 8px; color: var(--muted); font-size: 14px; }
.dot { width: 8px; height: 8px; border-radius: 50%; background: var(--line); }
[data-look="connected"] .dot { background: var(--good); }
[data-look="connecting"] .dot, [data-look="reconnecting"] .dot { background: var(--waiting); animation: wait 1s ease-in-out infinite alternate; }
#activity:not(:empty)::before { content: "· "; }

.card { width: calc(100% - 32px); max-width: 420px; margin: 24px auto; padding: 24px; background: var(--card); border-radius: 12px;
  box-shadow: 0 1px 3px #0003; }
.card p { color: var(--muted); }
#sign-in { display: grid; gap: 6px; margin-top: 16px; }
#sign-in label { font-weight: 600; }
#sign-in input { width: 100%; min-height: 44px; margin-bottom: 8px; padding: 8px 12px; background: transparent; border: 1px solid var(--line);
  border-radius: 8px; }
.primary { min-height: 48px; margin-top: 4px; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: 8px; }
.wrong { color: var(--wrong); font-size: 14px; }
.wrong:empty { display: none; }

#room { flex: 1; min-height: 0; width: 100%; max-width: 1120px; margin: 0 auto; padding: 0 16px 16px; overflow-y: auto; }
.talk { display: flex; flex-direction: column; min-height: 400px; height: calc(100% - 44px); background: var(--card); border-radius: 16px;
  box-shadow: 0 1px 3px #0003; overflow: hidden; }
#notice { display: flex; align-items: start; gap: 8px; padding: 10px 8px 10px 16px; background: var(--notice); border-bottom: 1px solid var(--edge); }
#notice p { flex: 1; padding: 4px 0; font-size: 15px; }
#notice-close { flex: none; width: 36px; height: 36px; border: 0; border-radius: 8px; background: transparent; font-size: 22px; line-height: 1; }
#stage { position: relative; flex: none; display: grid; place-items: center; height: min(46vh, 460px); background: #101214; }
#screen, #drawn, #still { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; transition: filter .3s, opacity .3s; }
#still { z-index: 1; opacity: 0; }
[data-live="false"] #still { opacity: 1; filter: brightness(.6) saturate(.5); }
[data-live="false"] #screen { opacity: 0; }
#initial { width: 120px; height: 120px; display: grid; place-items: center; border-radius: 50%; color: #fff; font-size: 52px; font-weight: 600;
  background: radial-gradient(circle at 32% 28%, #9cc2ff, #3f7be0 45%, #6a3fd0); filter: saturate(.6) brightness(.85); }
#face-note { z-index: 2; position: absolute; inset: auto 0 0; padding: 8px 16px; color: #fff; background: #000b; font-size: 14px; text-align: center; }
#face-note:empty { display: none; }
#log { flex: 1; min-height: 120px; overflow-y: auto; padding: 16px; outline-offset: -3px; }
#empty { max-width: 34ch; margin: 12vh auto 0; text-align: center; color: var(--muted); }
#lines { margin: 0; padding: 0; list-style: none; display: flex; flex-direction: column; gap: 12px; }
#lines li { max-width: 88%; display: flex; flex-direction: column; gap: 2px; font-size: 17px; white-space: pre-wrap; }
#lines .user { align-self: flex-end; padding: 8px 14px; border-radius: 16px 16px 4px 16px; background: var(--mine); }
#lines .agent { align-self: flex-start; }
.unsure { color: var(--muted); }
.agent .unsure { opacity: .9; }
.user .unsure { font-style: italic; }
[data-waiting="true"] p::after { content: "…"; color: var(--muted); animation: wait .8s ease-in-out infinite alternate; }
.mark { align-self: flex-start; padding: 0 8px; border: 1px solid var(--line); border-radius: 99px; color: var(--muted); font-size: 12px; }
#listen { margin: 0 16px 8px; min-height: 44px; padding: 8px 16px; font-weight: 600; border: 0; border-radius: 8px; color: var(--on-accent);
  background: var(--accent); }

.dock { padding: 12px 16px 16px; border-top: 1px solid var(--edge); display: grid; gap: 10px; }
.controls { display: grid; grid-template-columns: 1fr auto 1fr; align-items: center; gap: 12px; }
.controls button { display: inline-flex; flex-direction: column; align-items: center; justify-content: center; gap: 2px; border: 0; background: transparent; }
#mute, #stop { min-width: 76px; min-height: 56px; padding: 6px 10px; border-radius: 12px; font-size: 13px; color: var(--text); }
#mute { justify-self: end; }
#stop { justify-self: start; }
#mute[aria-pressed="true"] { color: var(--wrong); background: color-mix(in srgb, var(--wrong) 12%, transparent); }
#mute:hover:enabled, #stop:hover:enabled { background: color-mix(in srgb, var(--text) 8%, transparent); }
#call { width: 92px; height: 92px; border-radius: 50%; font-weight: 650; font-size: 15px; color: var(--on-accent); background: var(--accent);
  transition: background .2s; }
[data-look="connecting"] #call, [data-look="connected"] #call, [data-look="reconnecting"] #call { color: #fff; background: var(--end); }
[data-look="connecting"] #call svg, [data-look="connected"] #call svg, [data-look="reconnecting"] #call svg { rotate: 135deg; }
#level { width: min(240px, 70%); height: 6px; margin: 0 auto; border-radius: 3px; background: var(--edge); overflow: hidden; visibility: hidden; }
[data-look="connected"] #level, [data-look="reconnecting"] #level { visibility: visible; }
#level-bar { display: block; height: 100%; border-radius: 3px; background: var(--good); transform: scaleX(0); transform-origin: left; }
[data-muted="true"] #level-bar { background: var(--line); }
#write { display: flex; gap: 8px; align-items: end; }
#text { flex: 1; min-width: 0; min-height: 46px; max-height: 30vh; padding: 10px 14px; resize: none; field-sizing: content; background: transparent;
  border: 1px solid var(--line); border-radius: 23px; }
#text::placeholder { color: var(--muted); opacity: 1; }
#send { flex: none; width: 46px; height: 46px; display: grid; place-items: center; border: 0; border-radius: 50%; color: var(--accent);
  background: color-mix(in srgb, var(--accent) 14%, transparent); }

aside { margin-top: 12px; padding: 16px; background: var(--card); border-radius: 16px; box-shadow: 0 1px 3px #0003; align-self: start; font-size: 14px; }
#stages-empty, #total { color: var(--muted); }
#stages { margin: 0; padding: 0; list-style: none; display: grid; gap: 8px; }
#stages li { display: grid; grid-template-columns: 1fr auto; column-gap: 8px; }
.time { font-variant-numeric: tabular-nums; color: var(--muted); }
.track { grid-column: 1 / -1; height: 6px; border-radius: 3px; background: var(--edge); overflow: hidden; }
.track span { display: block; height: 100%; min-width: 2px; border-radius: 3px; background: var(--accent); }
#total:not(:empty) { margin-top: 10px; }

@media (min-width: 900px) {
  #room { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr) 300px; overflow: visible; }
  .talk { min-height: 0; height: 100%; }
  aside { margin-top: 0; }
  #lines li { font-size: 18px; }
}
@media (max-width: 400px) { #face-to-face span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } }
@media (max-width: 899px) { #stage { height: min(38vh, 320px); } body:has(#stage:not([hidden])) .talk { min-height: 690px; } }
@media (max-height: 560px) { #call { width: 68px; height: 68px; font-size: 13px; } #empty { margin-top: 8px; } }
@keyframes wait { from { opacity: .35; } to { opacity: 1; } }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
  #orb { box-shadow: none; }
}
`;
