import type { AdmittedCall } from './resource.ts';

/** The part of a list that `PageSize` and `Page` ask for, in the shape of the API of 2010. */
export function page2010(call: AdmittedCall, name: string, items: readonly object[]): Response {
  const { page, size, start, shown, isLast } = pageOf(call, items);
  const { pathname } = call.url;
  const uri = (number: number) => `${pathname}?PageSize=${size}&Page=${number}`;
  return Response.json({
    first_page_uri: uri(0),
    next_page_uri: isLast ? null : uri(page + 1),
    previous_page_uri: page > 0 ? uri(page - 1) : null,
    uri: uri(page),
    page,
    page_size: size,
    start,
    end: Math.max(start, start + shown.length - 1),
    [name]: shown,
  });
}

/** The same part in the shape of the newer APIs. */
export function pageV1(call: AdmittedCall, name: string, items: readonly object[]): Response {
  const { page, size, shown, isLast } = pageOf(call, items);
  const url = (number: number) => {
    const target = new URL(call.url);
    target.searchParams.set('PageSize', String(size));
    target.searchParams.set('Page', String(number));
    return target.href;
  };
  const meta = {
    first_page_url: url(0),
    next_page_url: isLast ? null : url(page + 1),
    previous_page_url: page > 0 ? url(page - 1) : null,
    url: url(page),
    page,
    page_size: size,
    key: name,
  };
  return Response.json({ meta, [name]: shown });
}

function pageOf({ fields }: AdmittedCall, items: readonly object[]) {
  const size = Math.min(Math.max(whole(fields.get('PageSize')) ?? 50, 1), 1000);
  const page = whole(fields.get('Page')) ?? 0;
  const start = page * size;
  const shown = items.slice(start, start + size);
  return { page, size, start, shown, isLast: start + size >= items.length };
}

const whole = (text: string | null) => (text && /^\d{1,6}$/.test(text) ? Number(text) : undefined);
