// A conversation in writing, from Node: creates an agent, says what stands on the command line, prints the reply as it is written.
//
//   VISAVIS_URL=http://127.0.0.1:3000 VISAVIS_API_KEY=ah_live_... node examples/node-chat.mjs "When do you open?" "And on Sundays?"
import { ApiError, createClient } from '@visavis/client';

const { VISAVIS_URL: baseUrl = 'http://127.0.0.1:3000', VISAVIS_API_KEY: apiKey } = process.env;
const messages = process.argv.slice(2);
if (!apiKey || messages.length === 0) {
  console.error('Usage: VISAVIS_API_KEY=... node examples/node-chat.mjs "message" ...');
  process.exit(2);
}

const client = createClient({ baseUrl, credentials: { apiKey } });
try {
  const agent = await client.agents.create({
    name: 'Bakery',
    context: 'You answer for a bakery, in one or two sentences. It opens at seven, on Sundays at nine.',
  });
  const { session } = await client.sessions.create({ agent_id: agent.agent_id, session_type: 'agent_chat' });
  for (const message of messages) {
    console.log(`You: ${message}`);
    process.stdout.write('Agent: ');
    // Goes on where it was after a lost connection; `reply-end` brings the stored reply with its timings.
    for await (const event of client.sessions.messages.stream(session.session_id, message)) {
      if (event.type === 'reply-delta') process.stdout.write(event.text);
      if (event.type === 'reply-end') console.log(`\n(first word after ${Math.round(event.reply.latency_ms.first_token)} ms)`);
    }
  }
  const { duration, transcript } = await client.sessions.end(session.session_id);
  console.log(`\nThe transcript of these ${duration} s:\n${transcript}`);
  await client.agents.remove(agent.agent_id);
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.error(`\n${error.code}: ${error.message}`, error.details);
  process.exitCode = 1;
}
