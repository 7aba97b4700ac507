using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Daemon;

/// <summary>Where one guest's daemon lives: a thread in a mount namespace of its own, which serves the device there and
/// from which the daemon is started.</summary>
/// <remarks>A process inherits the mounts of the thread that starts it, and the kernel kills it with that thread (the
/// parent-death signal, set through setpriv). So one thread does it all, and it lives as long as the room.</remarks>
internal sealed class DaemonRoom : IDisposable
{
    private readonly ConcurrentQueue<Action> _work = new();
    private readonly FuseConnection _fuse = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _poolFolder;
    private volatile bool _isClosing;

    private DaemonRoom(string? poolFolder, TimeProvider timeProvider, KernelNls nls)
    {
        _poolFolder = poolFolder;
        Driver = new KvpDriver(_fuse, timeProvider, nls);
        PoolFolder = poolFolder ?? string.Empty;
        _thread = new Thread(Run) { IsBackground = true, Name = "hv_kvp" };
    }

    /// <summary>Gets the driver that serves the device of this room.</summary>
    internal KvpDriver Driver { get; }

    /// <summary>Gets the folder of the pool files as other processes see it.</summary>
    internal string PoolFolder { get; private set; }

    /// <summary>Builds a room.</summary>
    /// <param name="poolFolder">The folder that becomes the daemon's /var/lib/hyperv; null for one in memory.</param>
    /// <param name="timeProvider">Measures how long a transaction may take.</param>
    /// <param name="nls">The kernel to be like.</param>
    /// <exception cref="Win32Exception">The rights or the kernel do not allow it.</exception>
    internal static async Task<DaemonRoom> BuildAsync(string? poolFolder, TimeProvider timeProvider, KernelNls nls)
    {
        var room = new DaemonRoom(poolFolder, timeProvider, nls);
        room._thread.Start();
        try
        {
            await room._built.Task.ConfigureAwait(false);
            return room;
        }
        catch
        {
            room.Dispose();
            throw;
        }
    }

    /// <summary>Starts a process in the room.</summary>
    internal Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Enqueue(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        _fuse.Wake();
        return started.Task;
    }

    /// <summary>Ends the thread and with it the room; a process that is still in it dies.</summary>
    public void Dispose()
    {
        if (_isClosing) return;
        _isClosing = true;
        _fuse.Wake();
        _thread.Join();
        Driver.Dispose();
        _fuse.Dispose();
    }

    private void Run()
    {
        try
        {
            MountNamespace.Enter();
            MountNamespace.MountDevices(_fuse);
            MountNamespace.MountPools(_poolFolder);
            PoolFolder = _poolFolder
                ?? $"/proc/{Environment.ProcessId}/task/{LinuxNative.ThreadId()}/root{MountNamespace.PoolsPath}";
            _built.SetResult();
        }
        catch (Exception exception)
        {
            _built.SetException(exception);
            return;
        }

        Serve();
    }

    private void Serve()
    {
        while (!_isClosing)
        {
            ReadOnlySpan<byte> request = _fuse.Receive();
            if (!request.IsEmpty)
            {
                Driver.HandleRequest(request);
                continue;
            }

            if (_fuse.IsEnded) Driver.HandleDisconnect();
            while (_work.TryDequeue(out Action? work)) work();
        }
    }
}
