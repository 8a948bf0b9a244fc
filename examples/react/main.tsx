// A conversation on a page of your own. The embed's id is public: it is made in the console, and allows this page's origin.
import { createClient } from '@visavis/client';
import { AgentPicture, useCaptions, useLiveSession, useLiveState } from '@visavis/client/react';
import { type FormEvent, useState } from 'react';
import { createRoot } from 'react-dom/client';

const { VITE_VISAVIS_URL: baseUrl, VITE_EMBED: embed = '' } = (import.meta as unknown as { env: Record<string, string> }).env;
const client = createClient({ baseUrl });

function Conversation() {
  const live = useLiveSession({
    client,
    session: async (session_type) => (await client.embeds.startSession(embed, { session_type })).session,
    keep: { store: sessionStorage, key: `visavis.${embed}` },
  });
  const { connection, mode, activity, muted, problem, ending, soundBlocked, replying } = useLiveState(live);
  const lines = useCaptions(live);
  const [text, setText] = useState('');
  const calling = connection === 'connecting' || connection === 'connected' || connection === 'reconnecting';

  const send = async (event: FormEvent) => {
    event.preventDefault();
    setText('');
    // What was not taken is there for the next attempt.
    if (live && !(await live.send(text))) setText(text);
  };

  return (
    <main>
      <p role="status">{ending?.text ?? (calling ? `${connection} ${activity ?? ''}` : replying ? 'writing …' : 'ready')}</p>
      {problem && <p role="alert">{problem.text}</p>}
      {mode === 'video' && <AgentPicture live={live} />}
      <ol>
        {lines.map((line) => (
          <li key={line.key}>
            <b>{line.kind === 'user' ? 'You' : 'Agent'}:</b> {line.heard}
            <i>{line.coming}</i>
          </li>
        ))}
      </ol>
      <form onSubmit={send}>
        <input aria-label="Message" value={text} onChange={(event) => setText(event.target.value)} />
        <button type="submit">Send</button>
      </form>
      {calling ? (
        <>
          <button type="button" onClick={() => live?.setMuted(!muted)}>
            {muted ? 'Unmute' : 'Mute'}
          </button>
          <button type="button" onClick={() => live?.interrupt()}>
            Stop talk
          </button>
          <button type="button" onClick={() => live?.setMode('chat')}>
            Go on in writing
          </button>
        </>
      ) : (
        <>
          <button type="button" onClick={() => live?.setMode('voice')}>
            Talk
          </button>
          <button type="button" onClick={() => live?.setMode('video')}>
            Face to face
          </button>
        </>
      )}
      {soundBlocked && (
        <button type="button" onClick={() => live?.resumeAudio()}>
          Play sound
        </button>
      )}
      <button type="button" onClick={() => live?.end()}>
        End
      </button>
    </main>
  );
}

const root = document.querySelector('#root');
if (root) createRoot(root).render(<Conversation />);
