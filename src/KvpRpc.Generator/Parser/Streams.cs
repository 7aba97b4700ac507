using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>The types of arguments and results that are more than a value.</summary>
internal static class Streams
{
    /// <summary>The most parameters of a method that take reports.</summary>
    internal const int ReportsMax = 32;

    internal static bool IsStream(ITypeSymbol type) => ItemOf(type) is not null || ReportOf(type) is not null;

    /// <summary>The type of an item; null if the type is no stream.</summary>
    internal static ITypeSymbol? ItemOf(ITypeSymbol type) =>
        ArgumentOf(type, "System.Collections.Generic.IAsyncEnumerable`1");

    /// <summary>The type of a report; null if the type takes none.</summary>
    internal static ITypeSymbol? ReportOf(ITypeSymbol type) => ArgumentOf(type, "System.IProgress`1");

    private static ITypeSymbol? ArgumentOf(ITypeSymbol type, string path) =>
        type is INamedTypeSymbol named && named.OriginalDefinition.MetadataPath() == path
            ? named.TypeArguments[0]
            : null;
}
