namespace KvpRpc.Generator.Model;

/// <summary>A method of a contract.</summary>
/// <param name="Interface">The interface that declares it.</param>
/// <param name="Name">Its name in C#.</param>
/// <param name="Field">An identifier for it, unique in the contract.</param>
/// <param name="Id">Its name on the wire.</param>
/// <param name="IsOneWay">Whether the caller waits for no answer.</param>
/// <param name="IsIdempotent">Whether running it twice does no harm.</param>
/// <param name="Result">What it returns.</param>
/// <param name="ReturnType">That as C# writes it.</param>
/// <param name="Response">The value in the task, or an item of the stream; null for none.</param>
/// <param name="Parameters">Its parameters without the cancellation token.</param>
/// <param name="TokenName">The name of the cancellation token; null if it has none.</param>
internal sealed record MethodModel(
    string Interface,
    string Name,
    string Field,
    string Id,
    bool IsOneWay,
    bool IsIdempotent,
    ResultKind Result,
    string ReturnType,
    ValueUse? Response,
    EquatableArray<ParameterModel> Parameters,
    string? TokenName)
{
    /// <summary>Gets what crosses in its calls, as text: the method's line of the lock file, then a line for each
    /// member of each type in it.</summary>
    internal string Signature { get; init; } = "";

    /// <summary>Gets a hash of what crosses; the same for the same bytes, whatever the names in C#.</summary>
    internal uint Fingerprint { get; init; }

    /// <summary>Gets the arguments in the request.</summary>
    internal ParameterModel[] Values => Of(ParameterKind.Value);

    /// <summary>Gets the arguments that are streams.</summary>
    internal ParameterModel[] Streams => Of(ParameterKind.Stream);

    /// <summary>Gets the arguments that take reports.</summary>
    internal ParameterModel[] Reports => Of(ParameterKind.Progress);

    /// <summary>Gets whether an argument is more than a value.</summary>
    internal bool HasStreamArguments => Values.Length < Parameters.Count;

    /// <summary>Gets the member of <c>RpcMethodShape</c>.</summary>
    internal string Shape => (Result == ResultKind.Stream, Streams.Length > 0) switch
    {
        (true, true) => "Duplex",
        (true, false) => "ServerStream",
        (false, true) => "ClientStream",
        _ => IsOneWay ? "OneWay" : "Unary",
    };

    private ParameterModel[] Of(ParameterKind kind) => [.. Parameters.Where(parameter => parameter.Kind == kind)];
}
