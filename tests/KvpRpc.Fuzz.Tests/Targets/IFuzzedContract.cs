using MessagePack;

namespace KvpRpc.Fuzz.Tests.Targets;

/// <summary>A method whose arguments are of every form that generated code reads.</summary>
[KvpService]
public interface IFuzzedContract
{
    Task<Shape?> DrawAsync(
        string? text,
        byte[]? bytes,
        Dictionary<string, List<long?>>? table,
        Shape? shape,
        HashSet<Guid>? ids,
        decimal money,
        DateTimeOffset at,
        TimeSpan span,
        Uri? link,
        (int Number, bool Flag) pair,
        double[]? series,
        CancellationToken cancellationToken);
}

[Union(0, typeof(Circle))]
[Union(1, typeof(Group))]
[MessagePackObject]
public abstract record Shape;

[MessagePackObject]
public sealed record Circle([property: Key(0)] double Radius, [property: Key(2)] Colour Colour) : Shape;

[MessagePackObject]
public sealed record Group([property: Key(0)] IReadOnlyList<Shape?> Members, [property: Key(1)] string? Title) : Shape;

public enum Colour
{
    Red,
    Green,
    Blue,
}
