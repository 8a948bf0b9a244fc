import { Page } from '../../layout/page.tsx';

export function SessionPage() {
  return <Page title="Session">{null}</Page>;
}
