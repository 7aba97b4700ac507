using System.Diagnostics;

namespace KvpRpc.Cli.Demo.Guests;

/// <summary>A guest's program: a process of this executable with another verb.</summary>
internal sealed class GuestProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Task<string> _complaints;
    private bool _isDisposed;

    private GuestProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
        Id = process.Id;
        _complaints = process.StandardError.ReadToEndAsync();
    }

    internal int Id { get; }

    internal static GuestProcess Start(GuestPlace place, TimeProvider time)
    {
        ProcessStartInfo start = new()
        {
            RedirectStandardInput = true,

            // Never read, for a guest writes nothing there: the demo's own standard output stays the demo's.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        SetExecutable(start);
        start.ArgumentList.Add(GuestAppCommand.Name);
        Add(start, GuestAppCommand.PoolOption, place.PoolFolder);
        Add(start, GuestAppCommand.LocksOption, place.LockFolder);
        Add(start, GuestAppCommand.PortOption, place.Endpoint);
        Add(start, GuestAppCommand.MeterOption, place.MeterFile);
        return new(Process.Start(start)!, time);
    }

    /// <summary>Completes when the process has ended; gives what it wrote to its standard error.</summary>
    internal async Task<string> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return (await _complaints.WaitAsync(cancellationToken)).Trim();
    }

    /// <summary>Kills the process as SIGKILL does: it cannot say a word any more.</summary>
    internal Task KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        return _process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Lets the process end, or kills it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        using CancellationTokenSource timeout = new(EndTime, _time);
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static void SetExecutable(ProcessStartInfo start)
    {
        start.FileName = Environment.ProcessPath
            ?? throw new InvalidOperationException(
                "The path of this executable is not known: no guest can be started.");
        if (Path.GetFileNameWithoutExtension(start.FileName) is not "dotnet")
            return;
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Join(AppContext.BaseDirectory, "KvpRpc.Cli.dll"));
    }

    private static void Add(ProcessStartInfo start, string option, string? value)
    {
        if (value is null)
            return;
        start.ArgumentList.Add(option);
        start.ArgumentList.Add(value);
    }
}
