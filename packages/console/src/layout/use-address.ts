import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** What stands behind `?` in the address, as texts; an empty one is as good as none. */
export type AddressFields<Key extends string> = { [K in Key]?: string | undefined };

/**
 * What a page keeps in its address, so that it can be linked to and found again with the browser's "back".
 * `change` replaces the place in the browser's history, unless `keepPlace`.
 */
export function useAddress<Key extends string>() {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const fields = Object.fromEntries(
    Object.entries(search)
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      // The router reads numbers and truth values out of an address.
      .map(([key, value]) => [key, String(value)]),
  ) as AddressFields<Key>;
  const change = useCallback(
    (changes: AddressFields<Key>, { keepPlace = false } = {}) => {
      const merged = (old: Record<string, unknown>) => {
        const next: Record<string, unknown> = { ...old, ...changes };
        for (const [key, value] of Object.entries(next)) if (value === undefined || value === '') delete next[key];
        return next;
      };
      void navigate({ to: '.', search: merged as never, replace: !keepPlace, resetScroll: false });
    },
    [navigate],
  );
  return [fields, change] as const;
}
