// Failures of commands, as plain data: whatever is thrown becomes an `ApiError` here, and nowhere else.
import type { ApiError, ErrorCode } from './generated';

/** An error of the window's own making, for what the core never said. */
export function internalError(detail: string): ApiError {
  return { code: 'internal', values: { detail }, retry: false };
}

/** What a rejected command carries. */
export function toApiError(thrown: unknown): ApiError {
  if (isApiError(thrown)) return thrown;
  return internalError(thrown instanceof Error ? thrown.message : String(thrown));
}

/** True for this code. Nothing ever matches on the text of a message. */
export function isCode(thrown: unknown, code: ErrorCode): boolean {
  return isApiError(thrown) && thrown.code === code;
}

function isApiError(thrown: unknown): thrown is ApiError {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    'values' in thrown
  );
}
