namespace KvpRpc.Generator.Model;

/// <summary>A method of a contract.</summary>
/// <param name="Interface">The interface that declares it.</param>
/// <param name="Name">Its name in C#.</param>
/// <param name="Field">An identifier for it, unique in the contract.</param>
/// <param name="Id">Its name on the wire.</param>
/// <param name="IsOneWay">Whether the caller waits for no answer.</param>
/// <param name="IsIdempotent">Whether running it twice does no harm.</param>
/// <param name="Result">The kind of task it returns.</param>
/// <param name="ReturnType">The task as C# writes it.</param>
/// <param name="Response">The value in the task; null for none.</param>
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
    string? TokenName);
