using KvpRpc.Emulator.Daemon;
using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Tests.Daemon;

public sealed class SpikeTests
{
    [Fact]
    public async Task It_works()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        Assert.Null(DaemonRequirements.WhyUnavailable());
        await using DaemonGuest guest = await DaemonGuest.CreateAsync(new());
        long b = TimeProvider.System.GetTimestamp();
        await guest.BootAsync(ct);
        Console.WriteLine($"boot {TimeProvider.System.GetElapsedTime(b).TotalMilliseconds} ms {guest.PoolFolder}");
        KvpResponse r = await guest.TransactAsync(KvpRequest.Set(KvpPool.External, "k", "v"), ct);
        Assert.True(r.IsOk);
        r = await guest.TransactAsync(KvpRequest.Get(KvpPool.External, "k"), ct);
        Assert.True(r.IsOk);
        for (int round = 0; round < 5; round++)
        {
            const int n = 3000;
            b = TimeProvider.System.GetTimestamp();
            for (int i = 0; i < n; i++)
                Assert.True((await guest.TransactAsync(KvpRequest.Set(KvpPool.External, $"slot{i % 8}", "hello"), ct)).IsOk);
            Console.WriteLine($"SET {TimeProvider.System.GetElapsedTime(b).TotalMicroseconds / n:0.0} us");
            b = TimeProvider.System.GetTimestamp();
            for (int i = 0; i < n; i++)
                Assert.True((await guest.TransactAsync(KvpRequest.Enumerate(KvpPool.External, i % 8), ct)).IsOk);
            Console.WriteLine($"ENUM {TimeProvider.System.GetElapsedTime(b).TotalMicroseconds / n:0.0} us");
        }
        Console.WriteLine(string.Join(",", Directory.GetFiles(guest.PoolFolder)));
    }
}
