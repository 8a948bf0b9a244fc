import { initializeLogger, telemetry } from '@livekit/agents';
import { INVALID_SPAN_CONTEXT, type Span, type Tracer, trace } from '@opentelemetry/api';

let silent = false;

/**
 * Makes the framework keep to itself what people say, in this process; to be called before any class of it is built.
 * Its spans carry whole histories and replies, and would go to whatever tracer the service registers for itself. Its log
 * may quote vendors, so only its errors are let through.
 */
export function silenceFramework(): void {
  if (silent) return;
  silent = true;
  initializeLogger({ pretty: false, level: 'error' });
  // Without a place for span processors it warns that its redaction could not be put there.
  telemetry.setTracerProvider({ getTracer: () => NOWHERE }, { registerSpanProcessor: () => {} });
}

const NO_SPAN: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

const NOWHERE: Tracer = {
  startSpan: () => NO_SPAN,
  // Overloaded: the function to run is the last of two to four arguments.
  startActiveSpan: (...parameters: unknown[]) => {
    const run = parameters.at(-1) as (span: Span) => never;
    return run(NO_SPAN);
  },
};
