import { Page } from '../../layout/page.tsx';

export function AgentPage() {
  return <Page title="Agent">{null}</Page>;
}
