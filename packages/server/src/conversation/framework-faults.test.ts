import { initializeLogger, llm, tts, voice } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scriptedLine } from '../testing/scripted-line.ts';
import { scriptedEars, scriptedSound, scriptedVoice, scriptedVoiceActivity } from '../testing/scripted-voice.ts';
import { Microphone } from './voice/microphone.ts';

// What we work around in LiveKit Agents 1.9. A test that fails after an update says that its work-around may go.

initializeLogger({ pretty: false, level: 'silent' });
const TEXT = 'one two three four five six seven eight nine ten.';
const closing: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await Promise.race([close(), quiet(2_500)]);
});
/** To see that something does not happen, time has to pass. */
const quiet = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A model that answers with these texts, one after the other; `hang` never does. */
class ScriptedModel extends llm.LLM {
  calls: string[][] = [];
  readonly answers: Array<string | 'hang' | { tool: string }>;
  constructor(answers: ScriptedModel['answers']) {
    super();
    this.answers = answers;
  }
  override label(): string {
    return 'scripted.Model';
  }
  override chat(request: Parameters<llm.LLM['chat']>[0]): llm.LLMStream {
    const texts = request.chatCtx.items.flatMap((item) => (item.type === 'message' ? [`${item.role}: ${item.textContent}`] : []));
    this.calls.push(texts.filter((text) => !text.startsWith('system')));
    return new ScriptedModelStream(this, request, this.answers.shift() ?? 'ok.');
  }
}
class ScriptedModelStream extends llm.LLMStream {
  readonly #answer: ScriptedModel['answers'][number];
  constructor(model: llm.LLM, request: Parameters<llm.LLM['chat']>[0], answer: ScriptedModel['answers'][number]) {
    const connOptions = { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 1_000 };
    super(model, { chatCtx: request.chatCtx, ...(request.toolCtx ? { toolCtx: request.toolCtx } : {}), connOptions });
    this.#answer = answer;
  }
  protected override async run(): Promise<void> {
    if (this.#answer === 'hang') await new Promise(() => {});
    const delta =
      typeof this.#answer === 'string'
        ? { content: this.#answer }
        : { toolCalls: [llm.FunctionCall.create({ callId: 'call', name: this.#answer.tool, args: '{}' })] };
    this.queue.put({ id: 'chunk', delta: { role: 'assistant', ...delta } });
  }
}

/** A loudspeaker as simple as the framework asks for: 20 ms every 2 ms, without a word about what was heard. */
class PlainOutput extends voice.AudioOutput {
  played = 0;
  readonly #frames: AudioFrame[] = [];
  #whole = false;
  readonly #timer = setInterval(() => this.#play(), 2);
  constructor() {
    super(24_000, undefined, { pause: true });
  }
  override async captureFrame(frame: AudioFrame): Promise<void> {
    await super.captureFrame(frame);
    this.#whole = false;
    this.#frames.push(frame);
  }
  override flush(): void {
    super.flush();
    this.#whole = true;
  }
  clearBuffer(): void {
    this.#frames.length = 0;
    if (this.pendingPlayoutSegments > 0) this.onPlaybackFinished({ playbackPosition: this.played / 1_000, interrupted: true });
  }
  override onDetached(): void {
    clearInterval(this.#timer);
    this.clearBuffer();
  }
  #play(): void {
    if (this.#frames.shift()) {
      if (this.played === 0) this.onPlaybackStarted(Date.now());
      this.played += 40;
    } else if (this.#whole && this.pendingPlayoutSegments > 0) {
      this.onPlaybackFinished({ playbackPosition: this.played / 1_000, interrupted: false });
    }
  }
}

async function begin(options: {
  answers?: ScriptedModel['answers'];
  voice?: tts.TTS;
  tools?: llm.ToolContextLike;
  chatCtx?: llm.ChatContext;
  model?: llm.LLM;
}) {
  const model = new ScriptedModel(options.answers ?? []);
  const ears = scriptedEars();
  const session = new voice.AgentSession({
    llm: options.model ?? model,
    stt: ears,
    tts: options.voice ?? scriptedVoice(),
    vad: scriptedVoiceActivity(),
    turnHandling: { turnDetection: 'vad', endpointing: { minDelay: 50, maxDelay: 100 } },
    aecWarmupDuration: null,
    userAwayTimeout: null,
    ttsReadIdleTimeout: 300,
  });
  session.on(voice.AgentSessionEventTypes.Error, () => {});
  const output = new PlainOutput();
  const microphone = new Microphone();
  const line = scriptedLine({ speed: 8 });
  line.onMicrophone((samples) => microphone.hear(samples));
  closing.push(async () => {
    line.stop();
    await microphone.close();
    await session.close();
    output.onDetached();
  });
  const agent = new voice.Agent({
    instructions: 'x',
    ...(options.tools ? { tools: options.tools } : {}),
    ...(options.chatCtx ? { chatCtx: options.chatCtx } : {}),
  });
  const said = () => agent.chatCtx.items.flatMap((item) => (item.type === 'message' && item.role === 'assistant' ? [item] : []));
  return {
    session,
    agent,
    model,
    ears,
    output,
    microphone,
    line,
    said,
    /** The microphone is the session's from the start, unless `input` says otherwise. */
    async start({ input = true } = {}): Promise<void> {
      if (input) session.input.audio = microphone;
      await session.start({ agent, record: false });
      session.output.audio = output;
    },
    until: async (condition: () => boolean) => {
      while (!condition()) await quiet(2);
    },
  };
}

describe('the framework, at 1.9', () => {
  it('does not listen to an input that comes after the start (hence the permanent `Microphone`)', async () => {
    const { start, session, microphone, line, ears } = await begin({});
    await start({ input: false });
    session.input.audio = microphone;
    ears.understood.push('hello');
    await line.speak(scriptedSound(3_000));
    expect(ears.understood).toEqual(['hello']);
    expect(session.userState).toBe('listening');
  });

  it('keeps an interrupted reply whole, unless the output knows better (hence `SpeechOutput`)', async () => {
    const { start, session, output, until, said } = await begin({ answers: [TEXT] });
    await start();
    const handle = session.generateReply({ userInput: 'count' });
    await until(() => output.played >= 500);
    session.interrupt();
    await handle.waitForPlayout();
    expect(said()).toMatchObject([{ textContent: expect.stringContaining('ten.'), interrupted: true }]);
  });

  it('keeps what `say` said whole, whatever the output knows (hence `addToChatCtx: false`)', async () => {
    const { start, session, output, until, said } = await begin({});
    const finished = output.onPlaybackFinished.bind(output);
    output.onPlaybackFinished = (event) => finished({ ...event, synchronizedTranscript: 'one two' });
    await start();
    const handle = session.say(TEXT);
    await until(() => output.played >= 500);
    session.interrupt();
    await handle.waitForPlayout();
    expect(said()).toMatchObject([{ textContent: TEXT, interrupted: true }]);
  });

  it('keeps a reply whole whose voice dies, unless the voice tells its words (hence aligned transcripts)', async () => {
    const { start, session, said } = await begin({ answers: [TEXT], voice: untimed({ frames: 3 }) });
    await start();
    await session.generateReply({ userInput: 'count' }).waitForPlayout();
    expect(said()).toMatchObject([{ textContent: TEXT, interrupted: false }]);
  });

  it('leaves rejections unhandled when a voice that does not stream fails (hence chains that never throw)', async () => {
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    let unhandled = 0;
    process.on('unhandledRejection', () => unhandled++);
    try {
      const { start, session, until } = await begin({ answers: [TEXT], voice: untimed({ frames: 0, streaming: false }) });
      await start();
      session.generateReply({ userInput: 'count' });
      await until(() => unhandled > 0);
      await Promise.all(closing.splice(0).map((close) => close()));
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener);
    }
  });

  it('never leaves a model that hangs (hence `FallbackLanguageModel`)', async () => {
    const [hanging, backup] = [new ScriptedModel(['hang']), new ScriptedModel(['here'])];
    const model = new llm.FallbackAdapter({ llms: [hanging, backup], attemptTimeout: 0.2, maxRetryPerLLM: 0 });
    const { start, session } = await begin({ model });
    await start();
    session.generateReply({ userInput: 'count' });
    await quiet(1_200);
    expect([hanging.calls.length, backup.calls.length]).toEqual([1, 0]);
  });

  it('never closes while a tool does not return (hence a bounded close)', async () => {
    let called = false;
    const tool = llm.tool({
      name: 'wait',
      description: 'waits',
      parameters: z.object({}),
      execute: () => {
        called = true;
        return new Promise<string>(() => {});
      },
    });
    const { start, session, until } = await begin({ answers: [{ tool: 'wait' }], tools: [tool] });
    await start();
    session.generateReply({ userInput: 'wait' });
    await until(() => called);
    const closed = session.close().then(() => 'closed');
    expect(await Promise.race([closed, quiet(3_000).then(() => 'still open')])).toBe('still open');
  });

  it('does not show a restored history in `session.history` (hence `agent.chatCtx` is what we keep)', async () => {
    const chatCtx = new llm.ChatContext([llm.ChatMessage.create({ role: 'user', content: 'before' })]);
    const { start, session, agent } = await begin({ chatCtx });
    await start();
    const texts = (context: llm.ChatContext) =>
      context.items.flatMap((item) => (item.type === 'message' ? [item.textContent] : []));
    expect(texts(session.history)).not.toContain('before');
    expect(texts(agent.chatCtx)).toContain('before');
  });

  it('does not show the model what was heard after a forced interruption (hence `await session.interrupt().await`)', async () => {
    const { start, session, output, model, until } = await begin({ answers: [TEXT, 'ok.'] });
    await start();
    session.generateReply({ userInput: 'count' });
    await until(() => output.played >= 500);
    await session.interrupt({ force: true }).await;
    await session.generateReply({ userInput: 'and?' }).waitForPlayout();
    expect(model.calls[1]).toEqual(['user: count', 'user: and?']);
  });

  it('does not show the model what was heard before it was talked over (hence `onUserTurnCompleted`)', async () => {
    const { start, output, model, until, ears, line } = await begin({ answers: [TEXT] });
    await start();
    ears.understood.push('count', 'stop');
    await line.speak(scriptedSound(400));
    await until(() => output.played >= 500);
    await line.speak(scriptedSound(400));
    await until(() => model.calls.some((call) => call.includes('user: stop')));
    await quiet(300);
    expect(model.calls.at(-1)).toEqual(['user: count', 'user: stop']);
  });
});

/** A voice without times of words that breaks after so many frames. */
function untimed({ frames, streaming = true }: { frames: number; streaming?: boolean }): tts.TTS {
  const error = () => new Error('The voice broke');
  const frame = () => new AudioFrame(new Int16Array(960).fill(40), 24_000, 1, 960);
  const audio = () => ({ requestId: 'x', segmentId: 'x', frame: frame(), final: false });
  class Untimed extends tts.TTS {
    override label = 'scripted.Untimed';
    constructor() {
      super(24_000, 1, { streaming });
    }
    override synthesize(text: string): tts.ChunkedStream {
      return new Chunk(text, this);
    }
    override stream(): tts.SynthesizeStream {
      return new Stream(this, { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 1_000 });
    }
  }
  class Chunk extends tts.ChunkedStream {
    override label = 'scripted.Chunk';
    protected override async run(): Promise<void> {
      throw error();
    }
  }
  class Stream extends tts.SynthesizeStream {
    override label = 'scripted.Stream';
    protected override async run(): Promise<void> {
      for (let at = 0; at < frames; at++) this.queue.put(audio());
      throw error();
    }
  }
  return new Untimed();
}
