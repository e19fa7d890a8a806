// Failures in the one form the window knows.
import type { ApiError } from './types';

/** Whatever was thrown, as an `ApiError`; what is not one already may succeed when tried again. */
export function asApiError(reason: unknown): ApiError {
  if (typeof reason === 'object' && reason !== null && 'code' in reason && typeof reason.code === 'string') {
    const { values, retry } = reason as Partial<ApiError>;
    return { code: reason.code as ApiError['code'], values: values ?? {}, retry: retry ?? false };
  }
  return { code: 'internal', values: { detail: String(reason) }, retry: true };
}
