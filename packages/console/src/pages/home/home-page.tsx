import { Page } from '../../layout/page.tsx';

export function HomePage() {
  return <Page title="Home">{null}</Page>;
}
