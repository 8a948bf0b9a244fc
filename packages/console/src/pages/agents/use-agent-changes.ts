import { useQueryClient } from '@tanstack/react-query';
import type { Agent, MadeAgent } from '@visavis/client';
import { api } from '../../api.ts';
import { agentsTexts as texts } from '../../texts/agents.ts';

/** What can be done with an agent besides editing it. Lists are loaded anew afterwards. */
export function useAgentChanges() {
  const queries = useQueryClient();
  const reload = async (id?: number) => {
    await queries.invalidateQueries({ queryKey: ['agents'] });
    if (id !== undefined) await queries.invalidateQueries({ queryKey: ['agent', id] });
  };
  return {
    /** Makes another agent with everything that this one has. */
    async duplicate(id: number): Promise<MadeAgent> {
      const agent: Agent = await api.agents.get(id);
      const { avatar_id, language, custom_greeting, context, properties, memories, knowledge_base } = agent;
      const name = texts.copyName(agent.name).slice(0, 200);
      const made = await api.agents.create({ name, avatar_id, language, custom_greeting, context, properties });
      if (memories || knowledge_base) await api.agents.update(made.agent_id, { memories, knowledge_base });
      await reload();
      return made;
    },
    async setStatus(id: number, status: 'active' | 'archived'): Promise<void> {
      await api.agents.update(id, { status });
      await reload(id);
    },
    async remove(id: number, endSessions: boolean): Promise<void> {
      await api.agents.remove(id, { endSessions });
      await reload();
    },
  };
}
