/**
 * How the widget looks. Variables that begin with `--visavis-` are the page's; those that begin with `--_` are made of them, the
 * colours by `theme.ts`. Directions are logical, so that right-to-left is the mirror image.
 */
export const STYLES = `
:host { all: initial; }
:host([hidden]) { display: none !important; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.root {
  --_surface: var(--visavis-background, #fff); --_text: var(--visavis-text, #1a1c1e); --_danger: #b3261e; --_end: #b3261e; --_good: #1b7f4d;
  --_notice: #fff3d6; --_notice-text: #3d2e00; --_shade: #0000002e; --_radius: var(--visavis-radius, 16px);
  --_muted: color-mix(in srgb, var(--_text) 70%, var(--_surface)); --_edge: color-mix(in srgb, var(--_text) 13%, var(--_surface));
  --_line: color-mix(in srgb, var(--_text) 50%, var(--_surface)); --_hover: color-mix(in srgb, var(--_text) 8%, transparent);
  --_mine: color-mix(in srgb, var(--_accent) 13%, var(--_surface)); --_tint: color-mix(in srgb, var(--_accent) 12%, var(--_surface));
  color-scheme: light; color: var(--_text); font: 16px/1.5 var(--visavis-font, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  text-align: start; overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
}
.root[data-theme="dark"] {
  --_surface: var(--visavis-background, #1b1e21); --_text: var(--visavis-text, #e8eaec); --_danger: #f0948d; --_end: #c93c37; --_good: #6fd6a0;
  --_notice: #3a2f14; --_notice-text: #ffe9b8; --_shade: #000000a0; color-scheme: dark;
}
.inline { height: var(--visavis-height, 620px); max-width: 100%; }
h2, p, ol { margin: 0; padding: 0; font: inherit; }
ol { list-style: none; }
button, textarea, select { font: inherit; color: inherit; margin: 0; letter-spacing: inherit; }
button { cursor: pointer; border: 0; background: none; padding: 0; -webkit-tap-highlight-color: transparent; touch-action: manipulation; }
button[aria-disabled="true"] { cursor: default; }
svg { flex: none; display: block; }
:focus { outline: none; }
:focus-visible { outline: 3px solid var(--_ink); outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.corner { position: fixed; z-index: var(--visavis-z-index, 2147483000); display: flex; flex-direction: column; align-items: flex-end; gap: 12px; width: max-content;
  max-width: calc(100vw - 2 * var(--_offset)); --_offset: var(--visavis-offset, 20px); }
.root { --_x: var(--visavis-offset, 20px); --_y: max(var(--visavis-offset, 20px), env(safe-area-inset-bottom)); }
[data-x="end"] > .corner, [data-x="end"] > .panel { inset-inline-end: var(--_x); }
[data-x="start"] > .corner, [data-x="start"] > .panel { inset-inline-start: var(--_x); }
[data-x="right"] > .corner, [data-x="right"] > .panel { right: var(--_x); }
[data-x="left"] > .corner, [data-x="left"] > .panel { left: var(--_x); }
[data-y="bottom"] > .corner, [data-y="bottom"] > .panel { bottom: var(--_y); }
[data-y="top"] > .corner, [data-y="top"] > .panel { top: var(--_x); }
[data-y="top"] > .corner { flex-direction: column-reverse; }
[data-x="start"] > .corner, [dir="ltr"][data-x="left"] > .corner, [dir="rtl"][data-x="right"] > .corner { align-items: flex-start; }

.launcher { position: relative; display: inline-flex; align-items: center; justify-content: center; gap: 10px; min-width: 60px; height: 60px; padding: 0 16px;
  border-radius: 30px; background: var(--_accent); color: var(--_on-accent); font-weight: 600; box-shadow: 0 4px 14px var(--_shade), 0 1px 3px var(--_shade);
  transition: transform .15s ease; }
.launcher:hover { transform: translateY(-2px); }
.launcher:focus-visible, .say:focus-visible { outline-color: var(--_ring); box-shadow: 0 0 0 2px var(--_surface), 0 4px 14px var(--_shade); }
.launcher svg { width: 28px; height: 28px; }
.launcher .label { padding-inline-end: 6px; }
.launcher .badge { position: absolute; top: 2px; inset-inline-end: 2px; width: 16px; height: 16px; border: 3px solid var(--_surface); border-radius: 50%; background: #e0362c; }
.launcher[data-calling] .badge { background: #16a34a; animation: wait 1s ease-in-out infinite alternate; }
.teaser { position: relative; max-width: min(300px, 100%); }
.say { display: flex; align-items: center; gap: 12px; padding: 12px 14px; padding-inline-end: 44px; min-height: 44px; text-align: start; border-radius: var(--_radius); background: var(--_surface);
  color: var(--_text); border: 1px solid var(--_edge); box-shadow: 0 4px 18px var(--_shade); }
.teaser .icon { position: absolute; top: 2px; inset-inline-end: 2px; }
.teaser .icon svg { width: 18px; height: 18px; }

.panel { position: relative; display: flex; flex-direction: column; height: 100%; background: var(--_surface); border: 1px solid var(--_edge);
  border-radius: var(--_radius); overflow: hidden; }
.floating > .panel { position: fixed; z-index: var(--visavis-z-index, 2147483000); width: var(--visavis-width, 392px); max-width: calc(100vw - 2 * var(--_x));
  height: min(var(--visavis-height, 640px), 100vh - 2 * var(--_x)); height: min(var(--visavis-height, 640px), 100dvh - 2 * var(--_x));
  box-shadow: 0 12px 48px var(--_shade), 0 2px 8px var(--_shade); animation: rise .18s ease-out; }

header { flex: none; display: flex; align-items: center; gap: 12px; padding: 10px 8px; padding-inline-start: 16px; min-height: 64px; border-bottom: 1px solid var(--_edge); }
.who { flex: 1; min-width: 0; }
.title { font-size: 17px; font-weight: 650; line-height: 1.25; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.status { font-size: 13.5px; line-height: 1.35; color: var(--_muted); }
.status:empty { display: none; }
.picture { position: relative; flex: none; display: grid; place-items: center; width: 40px; height: 40px; border-radius: 50%; overflow: hidden; background: var(--_tint); color: var(--_tint-text);
  font-weight: 650; font-size: 18px; }
[data-untitled] .picture { display: none; }
.picture img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; object-position: 50% 20%; background: var(--_tint); }
.icon { flex: none; display: grid; place-items: center; width: 44px; height: 44px; border-radius: 50%; color: var(--_muted); }
.icon:hover, .plain:hover, .control:hover:not([aria-disabled]) { background: var(--_hover); }
.icon:focus-visible { outline-offset: -2px; }

.devices { position: absolute; z-index: 2; inset: 64px 8px auto; display: grid; gap: 12px; padding: 14px; border: 1px solid var(--_edge); border-radius: 12px; background: var(--_surface);
  box-shadow: 0 8px 32px var(--_shade); max-height: calc(100% - 72px); overflow-y: auto; }
.devices label { display: grid; gap: 4px; font-size: 14px; font-weight: 600; }
select { width: 100%; min-height: 44px; padding: 8px 10px; font-weight: 400; font-size: 16px; border: 1px solid var(--_line); border-radius: 10px; background: var(--_surface); text-overflow: ellipsis; }
.hint { color: var(--_muted); font-size: 14px; }
.plain, .small { min-height: 44px; padding: 8px 14px; border-radius: 10px; font-weight: 600; }
.plain { border: 1px solid var(--_line); }
.danger { color: var(--_danger); border-color: currentColor; }
.primary { min-height: 48px; padding: 10px 20px; border-radius: 24px; font-weight: 600; background: var(--_accent); color: var(--_on-accent); }
.primary:focus-visible, .send:focus-visible, .start:focus-visible, .listen:focus-visible { outline-color: var(--_ink); }

.notice { flex: none; display: flex; align-items: start; gap: 4px; padding: 4px; padding-inline-start: 16px; background: var(--_notice); color: var(--_notice-text); font-size: 15px; }
.notice[data-empty] { padding: 0; height: 0; overflow: hidden; }
.message { flex: 1; padding: 9px 0; display: grid; gap: 6px; justify-items: start; line-height: 1.4; }
.notice .icon { color: inherit; }
.notice .icon svg { width: 20px; height: 20px; }
.small { border: 1px solid currentColor; margin-bottom: 4px; }

.stage { position: relative; flex: none; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 10px; padding: 20px 16px 14px; border-bottom: 1px solid var(--_edge);
  background: linear-gradient(var(--_tint), var(--_surface)); }
.stage:not([data-face="not"]) { flex: 0 1 46%; min-height: 120px; padding: 0; background: #101214; container-type: size; }
.screen { position: absolute; inset: 0; margin: auto; width: 100%; width: min(100%, 140cqh); height: 100%; object-fit: cover; object-position: 50% 12%; }
.orb { --level: 0; width: 84px; height: 84px; border-radius: 50%; background: var(--_accent);
  background: radial-gradient(circle at 32% 28%, color-mix(in oklab, var(--_accent) 35%, #fff), var(--_accent) 55%, color-mix(in oklab, var(--_accent) 55%, #4c1d95));
  box-shadow: 0 0 0 calc(var(--level) * 14px) color-mix(in srgb, var(--_accent) 25%, transparent); }
[data-call="connecting"] .still, [data-call="reconnecting"] .still { filter: saturate(.6) brightness(.75); }
[data-call="connecting"] .orb, [data-call="reconnecting"] .orb { filter: grayscale(.8); animation: wait 1s ease-in-out infinite alternate; }
[data-activity="thinking"] .orb { animation: wait .9s ease-in-out infinite alternate; }
.meter { display: flex; align-items: center; gap: 10px; min-height: 24px; }
.said { font-size: 15px; font-weight: 600; }
.stage:not([data-face="not"]) .meter { position: absolute; inset-block-end: 10px; inset-inline-start: 10px; padding: 4px 12px; border-radius: 99px; background: #000000b8; color: #fff; }
.stage:not([data-face="not"]) .said { font-size: 13.5px; }
.bars { --level: 0; display: flex; align-items: center; gap: 3px; height: 20px; }
.bars i { width: 3px; height: 20px; border-radius: 2px; background: currentColor; transform: scaleY(calc(.2 + .8 * min(1, var(--level) * var(--_share)))); }
.bars i:nth-child(1), .bars i:nth-child(5) { --_share: .55; }
.bars i:nth-child(2), .bars i:nth-child(4) { --_share: .85; }
.bars i:nth-child(3) { --_share: 1.2; }
.note { position: absolute; inset: 0 0 auto; padding: 8px 14px; background: #000000c4; color: #fff; font-size: 14px; text-align: center; }
.note:empty { display: none; }

.log { flex: 1; min-height: 90px; overflow-y: auto; overscroll-behavior: contain; padding: 16px; display: flex; flex-direction: column; }
.log:focus-visible { outline-offset: -3px; }
.welcome, .outcome { margin: auto; max-width: 32ch; padding: 12px 0; text-align: center; display: grid; gap: 8px; justify-items: center; }
.welcome .picture { width: 84px; height: 84px; font-size: 36px; margin-bottom: 8px; }
.big { font-size: 19px; font-weight: 650; line-height: 1.3; }
.how, .reason { color: var(--_muted); }
.outcome { margin-block: 20px 4px; }
.outcome[data-refused] { margin: auto; }
.outcome .primary { margin-top: 8px; }
.lines { display: flex; flex-direction: column; gap: 10px; }
.lines li { max-width: 88%; display: flex; flex-direction: column; gap: 2px; white-space: pre-wrap; }
.lines p { padding: 9px 14px; border-radius: 18px; }
.lines .user { align-self: flex-end; align-items: flex-end; }
.lines .user p { background: var(--_mine); border-end-end-radius: 5px; }
.lines .agent { align-self: flex-start; }
.lines .agent p { background: color-mix(in srgb, var(--_text) 6%, var(--_surface)); border-end-start-radius: 5px; }
.unsure { color: var(--_muted); }
.user .unsure { font-style: italic; }
[data-waiting] p::after { content: "●●●"; letter-spacing: 3px; font-size: 11px; color: var(--_muted); animation: wait .8s ease-in-out infinite alternate; }
.mark { align-self: flex-start; margin-inline-start: 14px; color: var(--_muted); font-size: 12.5px; }

.listen { flex: none; display: flex; align-items: center; gap: 12px; margin: 0 16px 12px; padding: 10px 16px; min-height: 56px; border-radius: 14px; text-align: start; font-weight: 650;
  background: var(--_accent); color: var(--_on-accent); }
.listen small { display: block; font-weight: 400; font-size: 14px; line-height: 1.35; }

.dock { flex: none; display: grid; gap: 10px; padding: 12px 12px max(12px, env(safe-area-inset-bottom)); border-top: 1px solid var(--_edge); }
.controls { display: flex; gap: 8px; justify-content: center; }
.start { flex: 1 1 0; display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 46px; padding: 8px 12px; border-radius: 23px; font-weight: 600; font-size: 15px;
  line-height: 1.2; background: var(--_tint); color: var(--_tint-text); }
.start:hover { background: color-mix(in srgb, var(--_accent) 20%, var(--_surface)); }
.start svg { width: 20px; height: 20px; }
.control { flex: 1 1 0; min-width: 44px; max-width: 104px; display: flex; flex-direction: column; align-items: center; gap: 4px; padding: 8px 2px; min-height: 64px; border-radius: 12px; font-size: 13px;
  line-height: 1.2; overflow-wrap: break-word; text-align: center; }
.control svg { padding: 0; }
.control[aria-disabled="true"] { color: var(--_line); }
.control[data-on] { color: var(--_danger); background: color-mix(in srgb, var(--_danger) 12%, transparent); }
.control.end { background: var(--_end); color: #fff; }
.control.end:hover { background: color-mix(in srgb, var(--_end) 88%, #000); }
.control.end svg { rotate: 135deg; }
.write { display: flex; gap: 8px; align-items: flex-end; }
textarea { flex: 1; min-width: 0; min-height: 46px; max-height: 140px; padding: 10px 16px; line-height: 1.5; font-size: 16px; resize: none; field-sizing: content; border: 1px solid var(--_line); border-radius: 23px;
  background: var(--_surface); }
textarea:focus-visible { outline-offset: 0; outline-width: 2px; }
textarea::placeholder { color: var(--_muted); opacity: 1; }
.send { flex: none; display: grid; place-items: center; width: 46px; height: 46px; border-radius: 50%; background: var(--_accent); color: var(--_on-accent); }

.consent { position: absolute; inset: auto 0 0; display: grid; gap: 10px; padding: 20px 20px max(20px, env(safe-area-inset-bottom)); background: var(--_surface); border-top: 1px solid var(--_edge);
  border-radius: var(--_radius) var(--_radius) 0 0; box-shadow: 0 -8px 40px var(--_shade); }
.choices { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 4px; }
.choices .primary, .choices .plain { flex: 1 1 auto; min-height: 48px; border-radius: 24px; padding-inline: 20px; }

@media (max-width: 480px), (max-height: 420px) {
  .floating > .panel { inset: var(--_screen-top, 0px) 0 auto !important; width: 100%; max-width: none; height: 100vh; height: var(--_screen-height, 100dvh); border: 0; border-radius: 0; box-shadow: none; padding-top: env(safe-area-inset-top); }
}
@media (max-height: 560px) { .welcome .picture { display: none; } .orb { width: 48px; height: 48px; } }
@keyframes wait { from { opacity: .4; } to { opacity: 1; } }
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
  .orb { box-shadow: none; }
  .bars i { transform: scaleY(.5); }
}
@media (forced-colors: active) { .launcher, .primary, .send, .control, .start, .icon { border: 1px solid ButtonText; background: ButtonFace; color: ButtonText; } }
`;

/** How the element itself stands in the page: a floating one takes no place. */
export const HOSTS = {
  floating: ':host { display: contents; }',
  inline: ':host { display: block; }',
};
