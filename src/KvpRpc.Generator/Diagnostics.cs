using System.Reflection;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator;

/// <summary>What can be wrong with a contract. Each has a page in help. A number is never used again: KVPRPC0012 said
/// that streams were not supported, and KVPRPC0019 is free.</summary>
internal static class Diagnostics
{
    private static readonly string? RepositoryUrl = typeof(Diagnostics).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => metadata.Key == "RepositoryUrl")?.Value;

    internal static readonly DiagnosticDescriptor Inaccessible = Error(
        "KVPRPC0001",
        "The contract is not accessible",
        "The contract '{0}' is private or local to a file: generated code cannot name it");

    internal static readonly DiagnosticDescriptor GenericContract = Error(
        "KVPRPC0002",
        "The contract is generic",
        "The contract '{0}' is generic or lies in a generic type: write one interface for each use");

    internal static readonly DiagnosticDescriptor GenericMethod = Error(
        "KVPRPC0003",
        "The method is generic",
        "The method '{0}' is generic: the other side could not know its types");

    internal static readonly DiagnosticDescriptor ReturnType = Error(
        "KVPRPC0004",
        "The method does not return a task",
        "The method '{0}' returns '{1}': a contract's methods return Task, Task<T>, ValueTask, ValueTask<T> or "
        + "IAsyncEnumerable<T>");

    internal static readonly DiagnosticDescriptor Void = Error(
        "KVPRPC0005",
        "The method returns nothing",
        "The method '{0}' returns void, which would lose its errors: return Task, and add [KvpMethod(OneWay = true)] "
        + "if no answer is wanted");

    internal static readonly DiagnosticDescriptor NotAMethod = Error(
        "KVPRPC0006",
        "The contract has a member that is no method",
        "'{0}' is a property, an event or static: a contract has instance methods only");

    internal static readonly DiagnosticDescriptor TokenNotLast = Error(
        "KVPRPC0007",
        "The cancellation token is not last",
        "The method '{0}' has its CancellationToken before other parameters: it must be the last");

    internal static readonly DiagnosticDescriptor TwoTokens = Error(
        "KVPRPC0008",
        "The method has more than one cancellation token",
        "The method '{0}' has more than one CancellationToken: a call has one");

    internal static readonly DiagnosticDescriptor ByReference = Error(
        "KVPRPC0009",
        "A parameter is passed by reference",
        "The parameter '{1}' of '{0}' is ref, out or in: arguments cross by value");

    internal static readonly DiagnosticDescriptor DuplicateId = Error(
        "KVPRPC0010",
        "Two methods have the same name on the wire",
        "The method '{0}' has the name '{1}' on the wire, as has another: give each overload its own with "
        + "[KvpMethod(Id = \"...\")]");

    internal static readonly DiagnosticDescriptor NotSerializable = Error(
        "KVPRPC0011",
        "A type cannot cross the link",
        "'{0}' uses the type '{1}', which cannot cross the link: {2}");

    internal static readonly DiagnosticDescriptor OneWayResult = Error(
        "KVPRPC0013",
        "A one-way method has a result",
        "The method '{0}' is one-way and returns '{1}': nobody waits for the result; return Task or ValueTask");

    internal static readonly DiagnosticDescriptor NotAContract = Error(
        "KVPRPC0014",
        "The type is not a contract",
        "'{0}' is used as a contract but is not an interface with [KvpService]");

    internal static readonly DiagnosticDescriptor Stream = Error(
        "KVPRPC0015",
        "A stream is where none can be",
        "The method '{0}' has '{1}' where no stream can be: {2}");

    internal static readonly DiagnosticDescriptor BadName = Error(
        "KVPRPC0016",
        "A name cannot cross",
        "'{0}' has the name '{1}' on the wire, which cannot cross: {2}");

    internal static readonly DiagnosticDescriptor Optional = Warning(
        "KVPRPC0017",
        "A default value is other than the contract's",
        "The parameter '{1}' of '{0}' has the default value {2} and the contract's has {3}: callers on the link get "
        + "the contract's");

    internal static readonly DiagnosticDescriptor NoEffect = Warning(
        "KVPRPC0018",
        "An attribute has no effect",
        "[{1}] on '{0}' has no effect: {2}");

    internal static readonly DiagnosticDescriptor LockMissing = Warning(
        "KVPRPC0020",
        "A part of a contract is not in the lock file",
        "'{0}' is not in {1}: add it, so that later changes of it are seen");

    internal static readonly DiagnosticDescriptor LockBreak = Error(
        "KVPRPC0021",
        "A change breaks peers of earlier versions",
        "'{0}' is other than in {1}, and peers of earlier versions break: {2}");

    internal static readonly DiagnosticDescriptor LockRemoved = Error(
        "KVPRPC0022",
        "A part of a contract was removed",
        "'{0}' is in {1} but not in the contracts any more: peers of earlier versions may use it; give it back, or "
        + "mark the line *RETIRED*",
        WellKnownDiagnosticTags.CompilationEnd);

    internal static readonly DiagnosticDescriptor LockOutdated = Warning(
        "KVPRPC0023",
        "A line of the lock file is out of date",
        "'{0}' is not any more as {1} says; peers go on, so update the file",
        WellKnownDiagnosticTags.CompilationEnd);

    internal static readonly DiagnosticDescriptor LockMalformed = Error(
        "KVPRPC0024",
        "A line of the lock file cannot be read",
        "A line of {0} cannot be read: {1}",
        WellKnownDiagnosticTags.CompilationEnd);

    internal static readonly IReadOnlyDictionary<string, DiagnosticDescriptor> ById = new[]
    {
        Inaccessible, GenericContract, GenericMethod, ReturnType, Void, NotAMethod, TokenNotLast, TwoTokens,
        ByReference, DuplicateId, NotSerializable, OneWayResult, NotAContract, Stream, BadName, Optional, NoEffect,
        LockMissing, LockBreak, LockRemoved, LockOutdated, LockMalformed,
    }.ToDictionary(descriptor => descriptor.Id);

    private static DiagnosticDescriptor Error(string id, string title, string message, params string[] tags) =>
        new(id, title, message, "KvpRpc", DiagnosticSeverity.Error, true, helpLinkUri: Help(id), customTags: tags);

    private static DiagnosticDescriptor Warning(string id, string title, string message, params string[] tags) =>
        new(id, title, message, "KvpRpc", DiagnosticSeverity.Warning, true, helpLinkUri: Help(id), customTags: tags);

    // The address of the repository is a property of the build; a build that sets none has no links.
    private static string? Help(string id) => RepositoryUrl is null
        ? null
        : $"{RepositoryUrl.TrimEnd('/')}/blob/main/src/KvpRpc.Generator/help/{id}.md";
}
