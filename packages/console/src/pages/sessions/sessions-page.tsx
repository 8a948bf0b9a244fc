import { Page } from '../../layout/page.tsx';

export function SessionsPage() {
  return <Page title="Sessions">{null}</Page>;
}
