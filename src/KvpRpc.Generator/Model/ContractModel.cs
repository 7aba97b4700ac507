namespace KvpRpc.Generator.Model;

/// <summary>What was found at one place that names a contract.</summary>
/// <param name="Contract">The contract; null where a problem forbids code for it.</param>
/// <param name="Problems">What is wrong with it.</param>
internal sealed record ContractResult(ContractModel? Contract, EquatableArray<Problem> Problems);

/// <summary>A contract: all that its generated code depends on.</summary>
/// <param name="Interface">The interface as C# writes it, from <c>global::</c> on.</param>
/// <param name="Name">An identifier made of the interface's full name.</param>
/// <param name="ServiceName">The service's name on the wire.</param>
/// <param name="Methods">Its methods and those it inherits.</param>
/// <param name="Types">Every type that a message holds and that needs methods of its own.</param>
internal sealed record ContractModel(
    string Interface,
    string Name,
    string ServiceName,
    EquatableArray<MethodModel> Methods,
    EquatableArray<TypeModel> Types);

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

/// <summary>The kinds of task a method may return.</summary>
internal enum ResultKind
{
    Task,
    ValueTask,
}

/// <summary>An argument of a call.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Value">Its type.</param>
/// <param name="Default">Its default value as C# writes it; null for none.</param>
internal sealed record ParameterModel(string Name, ValueUse Value, string? Default);

/// <summary>A type where a value of it is written and read.</summary>
/// <param name="Type">The type as C# writes it there, with its annotations.</param>
/// <param name="WriteFormat">A statement that writes the value <c>{0}</c>, without semicolon.</param>
/// <param name="Read">An expression that reads a value.</param>
internal sealed record ValueUse(string Type, string WriteFormat, string Read)
{
    internal string Write(string value) => WriteFormat.Replace("{0}", value);
}
