namespace KvpRpc.Generator.Parser;

/// <summary>How a dictionary is made.</summary>
internal sealed record MapShape(string Create, string Add = "Add", string Finish = "{0}");
