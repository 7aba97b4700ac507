using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace KvpRpc.Emulator.Daemon;

/// <summary>Where one guest's daemon lives: a mount namespace with the emulated device, and the thread that serves the
/// device and starts the daemon.</summary>
/// <remarks>It is one thread for both because the kernel kills the daemon when the thread that started it ends (the
/// parent-death signal, set through setpriv), and this thread lives as long as the room.</remarks>
internal sealed class DaemonRoom : IDisposable
{
    private readonly ConcurrentQueue<Action> _work = new();
    private readonly FuseConnection _fuse;
    private readonly MountNamespace _mounts;
    private readonly Thread _thread;
    private volatile bool _isClosing;

    /// <summary>Builds a room.</summary>
    /// <exception cref="Win32Exception">The rights or the kernel do not allow it.</exception>
    internal DaemonRoom(DaemonGuestOptions options)
    {
        _fuse = new FuseConnection();
        try
        {
            _mounts = MountNamespace.Build(_fuse, options.PoolFolder);
        }
        catch
        {
            _fuse.Dispose();
            throw;
        }

        Driver = new KvpDriver(_fuse, options);
        _thread = new Thread(Serve) { IsBackground = true, Name = "hv_kvp" };
        _thread.Start();
    }

    /// <summary>Gets the driver that serves the device of this room.</summary>
    internal KvpDriver Driver { get; }

    /// <summary>Gets the folder of the pool files as other processes see it.</summary>
    internal string PoolFolder => _mounts.PoolFolder;

    /// <summary>Gets the name under which the device's mount shows in /proc/*/mountinfo.</summary>
    internal string MountSource => _fuse.Source;

    /// <summary>Starts a program in the room; it is killed when this process ends in any way.</summary>
    internal Task<Process> StartAsync(string program, string argument)
    {
        ProcessStartInfo start = StartInfo(program, argument);
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
        _mounts.Dispose();
        _fuse.Dispose();
    }

    private ProcessStartInfo StartInfo(string program, string argument)
    {
        var start = new ProcessStartInfo(DaemonRequirements.SetPrivPath!)
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string enter = $"--mount={_mounts.Path}";
        foreach (string word in (ReadOnlySpan<string>)
            ["--pdeathsig", "KILL", DaemonRequirements.NsEnterPath!, enter, program, argument])
        {
            start.ArgumentList.Add(word);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        return start;
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
