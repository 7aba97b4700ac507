using MessagePack;

namespace KvpRpc.AotApp;

[MessagePackObject]
public sealed record PatchRequest(
    [property: Key(0)] string Name,
    [property: Key(1)] IReadOnlyDictionary<string, Version?> Versions,
    [property: Key(2)] HashSet<DayOfWeek> Days,
    [property: Key(3)] Guid? Id);

[MessagePackObject(true)]
public sealed class PatchReport
{
    public required string Text { get; init; }

    public DateTimeOffset At { get; set; }

    public (int Done, decimal Share)[] Parts { get; set; } = [];
}

[Union(0, typeof(PatchStarted))]
[Union(1, typeof(PatchEnded))]
public abstract record PatchEvent;

[MessagePackObject]
public sealed record PatchStarted([property: Key(0)] int Number) : PatchEvent;

[MessagePackObject]
public sealed record PatchEnded([property: Key(0)] int Number, [property: Key(1)] TimeSpan Took) : PatchEvent;

[MessagePackObject]
public readonly record struct Spot([property: Key(0)] int X, [property: Key(1)] int Y);

[MessagePackObject]
public readonly record struct Temperature([property: Key(0)] double Kelvin, [property: Key(1)] string? Place);
