using KvpRpc.Emulator;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Tests.Readme;

/// <summary>The examples of TESTING.md. Each is shown as it stands here.</summary>
public sealed class TestingExample
{
    [Fact]
    public async Task A_patch_is_installed()
    {
        await using KvpTestPair pair = await KvpTestPair.StartAsync(new()
        {
            Guest = guest => guest.AddService<IPatching>(new Patching(), RpcAccess.Host),
        });
        IPatching patching = pair.Host.CreateClient<IPatching>();

        PatchReport report = await patching.InstallAsync("KB5051234", CancellationToken.None);

        Assert.True(report.Succeeded);
    }

    [Fact]
    public async Task A_bad_medium_makes_it_slower_and_nothing_else()
    {
        await using KvpTestPair pair = await KvpTestPair.StartAsync(new()
        {
            Guest = guest => guest.AddService<IPatching>(new Patching(), RpcAccess.Host),
            Seed = 7, // Says which faults happen; the same seed, the same faults.
        });
        pair.SetFaults(new()
        {
            ReadFails = 0.05,
            ItemHidden = 0.05,
            ItemTorn = 0.02,
            WriteFails = 0.05,
            ItemLost = 0.02,
            ItemLandsLate = 0.05,
            LateBy = TimeSpan.FromMilliseconds(50),
        });
        IPatching patching = pair.Host.CreateClient<IPatching>();
        for (int i = 0; i < 10; i++)
            Assert.True((await patching.InstallAsync($"KB{i}", CancellationToken.None)).Succeeded);
    }

    [Fact]
    public async Task A_call_that_was_running_when_the_guest_died_may_have_run()
    {
        TaskCompletionSource begun = new();
        await using KvpTestPair pair = await KvpTestPair.StartAsync(new()
        {
            Guest = guest => guest.AddService<IPatching>(new SlowPatching(begun), RpcAccess.Host),
        });
        IPatching patching = pair.Host.CreateClient<IPatching>();
        Task<PatchReport> call = patching.InstallAsync("slow", CancellationToken.None);
        await begun.Task;

        await pair.Guest.CrashAsync(); // RestartAsync would tell the host.

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.False(error.CertainlyNotRun);
    }

    [Fact]
    public async Task A_call_made_while_the_medium_is_cut_waits_for_it()
    {
        await using KvpTestPair pair = await KvpTestPair.StartAsync(new()
        {
            Guest = guest => guest.AddService<IPatching>(new Patching(), RpcAccess.Host),
        });
        IPatching patching = pair.Host.CreateClient<IPatching>();
        pair.Cut();
        Task<PatchReport> call = patching.InstallAsync("KB5051234", CancellationToken.None);
        pair.Mend();
        Assert.True((await call).Succeeded);
    }

    [Fact]
    public async Task Calls_go_on_after_a_checkpoint_was_applied()
    {
        TaskCompletionSource begun = new();
        await using KvpTestPair pair = await KvpTestPair.StartAsync(new()
        {
            Guest = guest => guest.AddService<IPatching>(new SlowPatching(begun), RpcAccess.Host),
        });
        IPatching patching = pair.Host.CreateClient<IPatching>();
        await patching.InstallAsync("KB1", CancellationToken.None);
        EmulatedCheckpoint checkpoint = await pair.CreateCheckpointAsync();
        Task<PatchReport> call = patching.InstallAsync("slow", CancellationToken.None);
        await begun.Task;

        await pair.RollBackAsync(checkpoint);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.True((await patching.InstallAsync("KB2", CancellationToken.None)).Succeeded);
    }

    [Fact]
    public async Task A_patch_that_takes_too_long_is_given_up()
    {
        FakeTimeProvider time = new();
        await using KvpTestPair pair = await KvpTestPair.StartAsync(new()
        {
            Guest = guest => guest.AddService<IPatching>(new SlowPatching(new()), RpcAccess.Host),
            TimeProvider = time,
        });
        IPatching patching = pair.Host.CreateClient<IPatching>(new() { Deadline = TimeSpan.FromMinutes(1) });
        DateTimeOffset start = time.GetUtcNow();

        Task<PatchReport> call = patching.InstallAsync("slow", CancellationToken.None);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => KvpTestPair.RunAsync(call, time.Advance));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.InRange(time.GetUtcNow() - start, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
    }

    private sealed class SlowPatching(TaskCompletionSource begun) : IPatching
    {
        public async Task<PatchReport> InstallAsync(string patch, CancellationToken cancellationToken)
        {
            if (patch == "slow")
            {
                begun.TrySetResult();
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            return new(true, patch);
        }
    }
}
