using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace KvpRpc.Generator.Model;

/// <summary>A diagnostic that holds neither a syntax tree nor a symbol.</summary>
internal sealed record Problem(string Id, Place? Place, EquatableArray<string> Arguments)
{
    internal static Problem At(DiagnosticDescriptor descriptor, Place? place, params string[] arguments) =>
        new(descriptor.Id, place, new EquatableArray<string>(arguments));

    internal Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Diagnostics.ById[Id], Place?.ToLocation() ?? Location.None, [.. Arguments]);
}

/// <summary>A place in a source file.</summary>
internal sealed record Place(string Path, TextSpan Span, LinePositionSpan Lines)
{
    internal static Place? Of(Location? location) => location is { SourceTree: { } tree }
        ? new Place(tree.FilePath, location.SourceSpan, location.GetLineSpan().Span)
        : null;

    internal Location ToLocation() => Location.Create(Path, Span, Lines);
}
