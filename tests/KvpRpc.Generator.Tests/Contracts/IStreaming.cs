using System.Collections.ObjectModel;
using MessagePack;

namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>A contract with every shape of call.</summary>
[KvpService(Name = "contoso.Streaming")]
public interface IStreaming : IWatching
{
    Task<int> SumAsync(int start, IAsyncEnumerable<int> numbers, CancellationToken cancellationToken);

    ValueTask DrainAsync(IAsyncEnumerable<string?> texts);

    IAsyncEnumerable<Figure?> MixAsync(
        IAsyncEnumerable<Spot> points, string name, IAsyncEnumerable<Figure?> shapes, Spot? origin = null);

    Task<string> InstallAsync(
        IProgress<int> percent, string name, IProgress<PatchStep>? steps = null, CancellationToken token = default);

    IAsyncEnumerable<int> WatchAsync(IProgress<Spot> progress, CancellationToken cancellationToken);

    IAsyncEnumerable<int> EchoAsync(IAsyncEnumerable<int> values, IProgress<int>? progress);

    ValueTask<Collection<Spot>> CollectAsync(IAsyncEnumerable<Spot> points, IProgress<int> progress);
}

/// <summary>A base whose methods belong to the contracts that derive from it.</summary>
public interface IWatching
{
    IAsyncEnumerable<PatchStep> StepsAsync(int from, CancellationToken cancellationToken = default);

    IAsyncEnumerable<KeyValuePair<string, int?>> PairsAsync();
}

[MessagePackObject]
public readonly record struct Spot([property: Key(0)] int X, [property: Key(1)] int Y);

[MessagePackObject(true)]
public sealed record PatchStep(string Name, double Done);

[Union(0, typeof(Disc))]
[Union(1, typeof(Outline))]
public abstract record Figure;

[MessagePackObject]
public sealed record Disc([property: Key(0)] Spot At, [property: Key(1)] int Radius) : Figure;

[MessagePackObject]
public sealed record Outline([property: Key(0)] IReadOnlyList<Spot> Corners) : Figure;
