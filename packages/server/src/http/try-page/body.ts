/** A drawn symbol; what it means is said beside it. */
const icon = (path: string) =>
  `<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`;
const MICROPHONE = '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5 11a7 7 0 0 0 14 0M12 18v3"/>';
const PHONE =
  '<path d="M5 4h4l1.5 5-2 1.5a12 12 0 0 0 5 5l1.5-2 5 1.5v4a1.5 1.5 0 0 1-1.6 1.5A16 16 0 0 1 3.5 5.6 1.5 1.5 0 0 1 5 4Z"/>';
const SQUARE = '<rect x="7" y="7" width="10" height="10" rx="1.5"/>';
const FACE =
  '<rect x="2.5" y="5" width="13" height="14" rx="3"/><path d="m15.5 10.5 6-3v9l-6-3"/><circle cx="9" cy="10.5" r="2"/><path d="M5.8 16a3.5 3.5 0 0 1 6.4 0"/>';
const ARROW = '<path d="M5 12h14M13 6l6 6-6 6"/>';

/** What the page consists of; `client/view.ts` fills it. */
export const BODY = `<body data-look="idle" data-activity="" data-muted="false">
<header>
  <span id="orb" aria-hidden="true"></span>
  <div class="who">
    <h1 id="title" tabindex="-1">Talk with an agent</h1>
    <p class="status"><span class="dot" aria-hidden="true"></span><span id="state" role="status"></span><span id="activity"></span></p>
  </div>
  <button type="button" id="face-to-face" aria-pressed="false" hidden>${icon(FACE)}<span>Face to face</span></button>
</header>
<noscript><p class="card">This page needs JavaScript.</p></noscript>
<main id="gate" class="card" hidden>
  <h2>Sign in to try this agent</h2>
  <p id="gate-text">Or open a link that somebody has made for you: the whole link, with everything behind the “#”.</p>
  <form id="sign-in">
    <label for="email">E-mail address</label>
    <input id="email" type="email" autocomplete="username" required maxlength="254">
    <label for="password">Password</label>
    <input id="password" type="password" autocomplete="current-password" required maxlength="200" aria-describedby="sign-in-wrong">
    <span class="wrong" id="sign-in-wrong" role="alert"></span>
    <button type="submit" class="primary">Sign in</button>
  </form>
</main>
<main id="room" hidden>
  <section class="talk" aria-label="Conversation">
    <div id="notice" role="alert" hidden>
      <p id="notice-text"></p>
      <button type="button" id="notice-close" aria-label="Dismiss">×</button>
    </div>
    <div id="stage" hidden>
      <span id="initial" aria-hidden="true"></span>
      <canvas id="still" width="0" height="0" aria-hidden="true"></canvas>
      <video id="screen" autoplay playsinline muted aria-label="The agent"></video>
      <canvas id="drawn" role="img" aria-label="The agent" hidden></canvas>
      <p id="face-note" role="status"></p>
    </div>
    <div id="log" tabindex="0" role="region" aria-label="Captions">
      <p id="empty">Press <strong>Start</strong> and say something, or write below.<br>You can interrupt the agent at any time.</p>
      <ol id="lines"></ol>
    </div>
    <div id="announcer" class="visually-hidden" aria-live="polite"></div>
    <button type="button" id="listen" hidden>Your browser holds the sound back: press to hear the agent</button>
    <div class="dock">
      <div class="controls">
        <button type="button" id="mute" aria-pressed="false" disabled>${icon(MICROPHONE)}<span id="mute-label">Mute</span></button>
        <button type="button" id="call">${icon(PHONE)}<span id="call-label">Start</span></button>
        <button type="button" id="stop" disabled>${icon(SQUARE)}<span>Stop talk</span></button>
      </div>
      <div id="level" aria-hidden="true"><span id="level-bar"></span></div>
      <form id="write">
        <label class="visually-hidden" for="text">Message</label>
        <textarea id="text" rows="1" maxlength="16000" placeholder="Write instead …" autocomplete="off"></textarea>
        <button type="submit" id="send" aria-label="Send">${icon(ARROW)}</button>
      </form>
    </div>
  </section>
  <aside aria-labelledby="timings">
    <h2 id="timings">Timings of the last turn</h2>
    <p id="stages-empty">From the end of what you say to the first sound you hear, stage by stage.</p>
    <ol id="stages"></ol>
    <p id="total"></p>
  </aside>
</main>
<audio id="audio" autoplay playsinline></audio>
</body>`;
