using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using KvpRpc.Cli.Demo.Contracts;
using KvpRpc.Guest;

namespace KvpRpc.Cli.Demo.Guests;

/// <summary>What a guest does for its host.</summary>
internal sealed class GuestMachine(KvpGuest guest, TimeProvider time) : IGuestMachine
{
    private readonly IHostDesk _host = guest.CreateClient<IHostDesk>();
    private readonly ConcurrentDictionary<string, Wait> _waits = new();

    public Task<MachineFacts> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(new MachineFacts
    {
        OperatingSystem = RuntimeInformation.OSDescription.Trim(),
        Kernel = Environment.OSVersion.Version.ToString(),
        ComputerName = Environment.MachineName,
        ProcessId = Environment.ProcessId,
        ProcessorCount = Environment.ProcessorCount,
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,

        // The system's monotonic clock starts at boot on Linux and on Windows.
        Uptime = TimeSpan.FromSeconds(Math.Floor((double)time.GetTimestamp() / time.TimestampFrequency)),
        Runtime = RuntimeInformation.FrameworkDescription,
    });

    public async Task<HostAnswer> AskHostAsync(CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        GuestIdentity identity = await _host.WhoAmIAsync(cancellationToken);
        return new() { Identity = identity, Milliseconds = time.GetElapsedTime(start).TotalMilliseconds };
    }

    public Task<string> HashAsync(string text, CancellationToken cancellationToken) =>
        Task.FromResult(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));

    public Task<byte[]> EchoAsync(byte[] bytes, CancellationToken cancellationToken) => Task.FromResult(bytes);

    public Task<long> GetFileSizeAsync(string path, CancellationToken cancellationToken)
    {
        FileInfo file = new(path);
        return file.Exists
            ? Task.FromResult(file.Length)
            : throw new RpcException(StatusCode.NotFound, $"There is no file '{path}' in this guest.");
    }

    public async Task WaitAsync(string name, CancellationToken cancellationToken)
    {
        Wait wait = Find(name);
        long start = time.GetTimestamp();
        wait.Began.TrySetResult();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        }
        finally
        {
            wait.Cancelled.TrySetResult(time.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    public Task WhenWaitBeganAsync(string name, CancellationToken cancellationToken) =>
        Find(name).Began.Task.WaitAsync(cancellationToken);

    public Task<double> WhenWaitWasCancelledAsync(string name, CancellationToken cancellationToken) =>
        Find(name).Cancelled.Task.WaitAsync(cancellationToken);

    private Wait Find(string name) => _waits.GetOrAdd(name, _ => new());

    private sealed class Wait
    {
        internal TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource<double> Cancelled { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
