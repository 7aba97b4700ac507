using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Lock;

/// <summary>A difference of contracts and lock file.</summary>
/// <param name="Descriptor">What kind of difference.</param>
/// <param name="Key">The line's key; null for the whole entry.</param>
/// <param name="Number">The line of the file, from 0; -1 if there is none.</param>
/// <param name="Edit">What to do to the file to take it away.</param>
/// <param name="Arguments">The arguments of the message.</param>
internal sealed record Drift(
    DiagnosticDescriptor Descriptor, string? Key, int Number, LockEdit Edit, params string[] Arguments);
