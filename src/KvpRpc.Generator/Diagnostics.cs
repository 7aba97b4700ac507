using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator;

/// <summary>What can be wrong with a contract.</summary>
internal static class Diagnostics
{
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
        "The method '{0}' returns '{1}': a contract's methods return Task, Task<T>, ValueTask or ValueTask<T>");

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

    internal static readonly DiagnosticDescriptor Stream = Error(
        "KVPRPC0012",
        "Streams are not supported by this version",
        "The method '{0}' has a stream ('{1}'), which is not supported by this version");

    internal static readonly DiagnosticDescriptor OneWayResult = Error(
        "KVPRPC0013",
        "A one-way method has a result",
        "The method '{0}' is one-way and returns '{1}': nobody waits for the result; return Task or ValueTask");

    internal static readonly DiagnosticDescriptor NotAContract = Error(
        "KVPRPC0014",
        "The type is not a contract",
        "'{0}' is used as a contract but is not an interface with [KvpService]");

    internal static readonly IReadOnlyDictionary<string, DiagnosticDescriptor> ById = new[]
    {
        Inaccessible, GenericContract, GenericMethod, ReturnType, Void, NotAMethod, TokenNotLast, TwoTokens,
        ByReference, DuplicateId, NotSerializable, Stream, OneWayResult, NotAContract,
    }.ToDictionary(descriptor => descriptor.Id);

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "KvpRpc", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
