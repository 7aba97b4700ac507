namespace KvpRpc.Generator.Model;

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
