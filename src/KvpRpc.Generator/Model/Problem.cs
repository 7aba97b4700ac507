using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Model;

/// <summary>A diagnostic that holds neither a syntax tree nor a symbol.</summary>
internal sealed record Problem(string Id, Place? Place, EquatableArray<string> Arguments)
{
    internal static Problem At(DiagnosticDescriptor descriptor, Place? place, params string[] arguments) =>
        new(descriptor.Id, place, new EquatableArray<string>(arguments));

    internal Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Diagnostics.ById[Id], Place?.ToLocation() ?? Location.None, [.. Arguments]);
}
