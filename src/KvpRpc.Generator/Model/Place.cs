using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace KvpRpc.Generator.Model;

/// <summary>A place in a source file.</summary>
internal sealed record Place(string Path, TextSpan Span, LinePositionSpan Lines)
{
    internal static Place? Of(Location? location) => location is { SourceTree: { } tree }
        ? new Place(tree.FilePath, location.SourceSpan, location.GetLineSpan().Span)
        : null;

    internal Location ToLocation() => Location.Create(Path, Span, Lines);
}
