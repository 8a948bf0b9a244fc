import { Page } from '../../layout/page.tsx';

export function UsersPage() {
  return <Page title="Users">{null}</Page>;
}
