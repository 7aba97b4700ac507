using System.ComponentModel;
using System.Diagnostics;
using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Daemon;

/// <summary>A Linux guest whose Data Exchange service is the unmodified <c>hv_kvp_daemon</c>, running on this machine
/// on an emulated /dev/vmbus/hv_kvp.</summary>
/// <remarks>See <see cref="DaemonRequirements"/> for what it needs. Nothing of it stays behind, also when this process
/// is killed: the daemon dies with it, mounts and pools are of a namespace that dies with the daemon.</remarks>
internal sealed class DaemonGuest : EmulatedGuest
{
    private readonly DaemonRoom _room;
    private readonly SemaphoreSlim _life = new(1, 1);
    private Process? _daemon;
    private bool _isDisposed;

    /// <summary>Prepares a guest; it is halted until <see cref="BootAsync"/>.</summary>
    /// <exception cref="Win32Exception">The rights or the kernel do not allow it; see
    /// <see cref="DaemonRequirements.WhyUnavailable"/>.</exception>
    internal DaemonGuest(DaemonGuestOptions options) => _room = new DaemonRoom(options);

    /// <summary>Prepares the guest of an emulated virtual machine.</summary>
    /// <exception cref="PlatformNotSupportedException">It cannot run here; the message says why.</exception>
    internal static DaemonGuest Create(EmulatedHyperVOptions options)
    {
        if (DaemonRequirements.WhyUnavailable() is string reason) throw new PlatformNotSupportedException(reason);
        return new DaemonGuest(new()
        {
            AnswerWithin = options.GuestTimeout,
            TimeProvider = options.TimeProvider,
        });
    }

    /// <inheritdoc/>
    internal override string PoolFolder => _room.PoolFolder;

    /// <inheritdoc/>
    internal override bool IsServiceUp => _room.Driver.IsReady;

    /// <summary>Gets the name under which the device's mount shows in /proc/*/mountinfo.</summary>
    internal string MountSource => _room.MountSource;

    /// <summary>Gets the process id of the daemon; null when none was started or it was stopped.</summary>
    internal int? DaemonProcessId => _daemon?.Id;

    /// <summary>Starts the daemon and waits until it has registered.</summary>
    /// <exception cref="InvalidOperationException">The daemon ended before it had registered.</exception>
    internal override ValueTask BootAsync(CancellationToken cancellationToken) => StartServiceAsync(cancellationToken);

    /// <inheritdoc/>
    internal override ValueTask HaltAsync(CancellationToken cancellationToken) => StopServiceAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The daemon stands still; programs of the guest, which are processes of their own, do not.</remarks>
    internal override ValueTask PauseAsync(CancellationToken cancellationToken) => Signal(LinuxNative.SignalStop);

    /// <inheritdoc/>
    internal override ValueTask ResumeAsync(CancellationToken cancellationToken) => Signal(LinuxNative.SignalContinue);

    /// <inheritdoc cref="BootAsync"/>
    internal override async ValueTask StartServiceAsync(CancellationToken cancellationToken)
    {
        await _life.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_daemon is { HasExited: false } && IsServiceUp) return;
            await KillDaemonAsync().ConfigureAwait(false);
            _daemon = await _room.StartAsync(DaemonRequirements.DaemonPath!, "-n").ConfigureAwait(false);
            Task exited = _daemon.WaitForExitAsync(cancellationToken);
            Task first = await Task.WhenAny(_room.Driver.Registered, exited).ConfigureAwait(false);
            if (first != exited) return;
            await exited.ConfigureAwait(false);
            string words = await _daemon.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            throw new InvalidOperationException(
                $"hv_kvp_daemon ended with exit code {_daemon.ExitCode}. {words}".Trim());
        }
        finally
        {
            _ = _life.Release();
        }
    }

    /// <inheritdoc/>
    internal override async ValueTask StopServiceAsync(CancellationToken cancellationToken)
    {
        await _life.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await KillDaemonAsync().ConfigureAwait(false);
        }
        finally
        {
            _ = _life.Release();
        }
    }

    /// <inheritdoc/>
    internal override ValueTask<KvpResponse> TransactAsync(KvpRequest request, CancellationToken cancellationToken) =>
        _room.Driver.TransactAsync(request, cancellationToken);

    /// <inheritdoc/>
    internal override ValueTask<GuestTables> SaveTablesAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GuestTables(
            PoolFile.Read(PoolFolder, KvpPool.External),
            PoolFile.Read(PoolFolder, KvpPool.Guest),
            PoolFile.Read(PoolFolder, KvpPool.AutoExternal)));

    /// <inheritdoc/>
    internal override ValueTask RestoreTablesAsync(GuestTables tables, CancellationToken cancellationToken)
    {
        PoolFile.Write(PoolFolder, KvpPool.External, tables.External);
        PoolFile.Write(PoolFolder, KvpPool.Guest, tables.Guest);
        PoolFile.Write(PoolFolder, KvpPool.AutoExternal, tables.AutoExternal);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _life.WaitAsync().ConfigureAwait(false);
        await KillDaemonAsync().ConfigureAwait(false);
        _room.Dispose();
        _life.Dispose();
    }

    private async Task KillDaemonAsync()
    {
        if (_daemon is null) return;
        _daemon.Kill();
        await _daemon.WaitForExitAsync().ConfigureAwait(false);
        _daemon.Dispose();
        _daemon = null;

        // The kernel tells of the closed device on its own time; what is next must not find the dead daemon's state.
        _room.Driver.HandleDisconnect();
    }

    private ValueTask Signal(int signal)
    {
        // Not to a process that has ended: its number may be another's.
        if (_daemon is { HasExited: false } daemon) _ = LinuxNative.Signal(daemon.Id, signal);
        return ValueTask.CompletedTask;
    }
}
