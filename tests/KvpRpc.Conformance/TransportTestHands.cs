using System.Globalization;
using System.Text;
using KvpRpc.Transports;

namespace KvpRpc.Conformance;

/// <summary>What the tests of a transport do over and over.</summary>
/// <remarks>Nothing here waits for a guessed time: what the medium carries later is polled for, with a bound.</remarks>
public abstract class TransportTestHands
{
    protected const int TestTimeout = 120_000;

    private static readonly TimeSpan CarriedWithin = TimeSpan.FromSeconds(30);

    protected static CancellationToken Canceled => TestContext.Current.CancellationToken;

    /// <summary>Makes new empty tables of one VM.</summary>
    protected abstract ValueTask<TransportPair> OpenPairAsync();

    protected static string Key(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{TransportPair.Prefix}{number}");

    protected static bool IsOurs(string key) => key.StartsWith(TransportPair.Prefix, StringComparison.Ordinal);

    /// <summary>A write of a value, or a delete where <paramref name="value"/> is null.</summary>
    protected static KvpItemWrite Write(string key, string? value) =>
        new(key) { Value = value.AsMemory(), IsDelete = value is null };

    protected static Task LandAsync(IKvpTransport transport, string key, string? value) =>
        LandAsync(transport, (key, value));

    protected static async Task LandAsync(IKvpTransport transport, params (string Key, string? Value)[] items)
    {
        KvpItemWrite[] batch = [.. items.Select(item => Write(item.Key, item.Value))];
        await transport.WriteAsync(batch, Canceled);
        Assert.All(batch, AssertLanded);
    }

    protected static void AssertLanded(KvpItemWrite write)
    {
        Assert.True(write.Outcome is KvpWriteOutcome.Landed, $"{write.Key}: {write.Outcome}, {write.Error}");
        Assert.Null(write.Error);
    }

    protected static void AssertRefused(KvpItemWrite write)
    {
        Assert.Equal(KvpWriteOutcome.Refused, write.Outcome);
        Assert.False(string.IsNullOrWhiteSpace(write.Error), "A refusal says why.");
    }

    protected static Task<IReadOnlyDictionary<string, string>> ReadPeerAsync(IKvpTransport transport) =>
        ReadAsync(transport.ReadPeerTableAsync);

    protected static Task<IReadOnlyDictionary<string, string>> ReadOwnAsync(IKvpTransport transport) =>
        ReadAsync(transport.ReadOwnTableAsync);

    /// <summary>Reads the peer's table until it is as said.</summary>
    protected static Task InPeerTableAsync(
        IKvpTransport transport, Func<IReadOnlyDictionary<string, string>, bool> condition) =>
        EventuallyAsync(() => ReadPeerAsync(transport), condition);

    /// <summary>Looks from the other side until the transport's own table is as said.</summary>
    protected static Task AtPeerAsync(TransportPair pair, Func<IReadOnlyDictionary<string, string>, bool> condition) =>
        EventuallyAsync(() => pair.ViewOwnTableAsync().AsTask(), condition);

    protected static async Task IgnoreCancellationAsync(ValueTask operation)
    {
        try
        {
            await operation;
        }
        catch (OperationCanceledException)
        {
            // It may also have completed before it noticed.
        }
    }

    /// <summary>A text of the number, in which a torn copy shows.</summary>
    protected static string Whole(int number) => string.Create(
        CultureInfo.InvariantCulture, $"{number}:{new string((char)('a' + (number % 26)), 100 + (number * 37 % 900))}");

    protected static void AssertWhole(string value)
    {
        int colon = value.IndexOf(':', StringComparison.Ordinal);
        Assert.True(colon > 0, $"Not a value that was written: '{value}'.");
        Assert.Equal(Whole(int.Parse(value.AsSpan(0, colon), CultureInfo.InvariantCulture)), value);
    }

    /// <summary>The longest text in bytes of UTF-8 that the limits allow, and <paramref name="extra"/> bytes
    /// more.</summary>
    protected static string Widest(KvpTransportLimits limits, int extra)
    {
        if (limits.MaxValueUtf8Bytes is not { } bytes) return new string('\u4E2D', limits.MaxValueUnits + extra);
        string wide = new('\u4E2D', bytes / 3);
        string text = wide + new string('x', (bytes % 3) + extra);
        Assert.Equal(bytes + extra, Encoding.UTF8.GetByteCount(text));
        return text;
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        Func<IKvpItemVisitor, CancellationToken, ValueTask> read)
    {
        ItemCollector items = new();
        await read(items, Canceled);
        Assert.Empty(items.RepeatedKeys);
        return items.Items;
    }

    private static async Task EventuallyAsync(
        Func<Task<IReadOnlyDictionary<string, string>>> look, Func<IReadOnlyDictionary<string, string>, bool> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        using PeriodicTimer beat = new(TimeSpan.FromMilliseconds(2));
        while (true)
        {
            IReadOnlyDictionary<string, string> items = await look();
            if (condition(items)) return;
            if (TimeProvider.System.GetElapsedTime(start) > CarriedWithin)
            {
                Assert.Fail("The table did not become as expected. It holds: " + string.Join(
                    "; ", items.Take(20).Select(item => $"{item.Key} = {item.Value.Length} units")));
            }

            await beat.WaitForNextTickAsync(Canceled);
        }
    }
}
