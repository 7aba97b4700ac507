using System.Text;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Linux;

/// <summary>Knows whether a pool file may have changed since it was last read, and wakes who waits for that.</summary>
/// <remarks>
/// <para>The file is watched for the end of a write (<c>CLOSE_WRITE</c>: the daemon has then released its lock) and for
/// changes by a writer that keeps it open (<c>MODIFY</c>: told a little later, because with the daemon the end of the
/// write follows at once, and a reader woken before it would find the file locked).</para>
/// <para>Its folder is watched for a new file of that name, which is then watched instead.</para>
/// </remarks>
internal sealed class PoolWatch : IDisposable
{
    private const uint FileEvents = Libc.InCloseWrite | Libc.InModify;
    private const uint FolderEvents =
        Libc.InCreate | Libc.InMovedTo | Libc.InDeleteSelf | Libc.InMoveSelf | Libc.InOnlyFolder;

    private const int None = -1;

    private static readonly TimeSpan OpenWriterDelay = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly string _folder;
    private readonly byte[] _name;
    private readonly ITimer _openWriter;
    private int _folderWatch = None;
    private int _fileWatch = None;
    private bool _hasChanged = true;
    private bool _isOpenWriterPending;
    private TaskCompletionSource? _waiter;

    /// <summary>Starts to watch.</summary>
    /// <exception cref="KvpTransportException">It cannot be watched.</exception>
    internal PoolWatch(string path, TimeProvider time)
    {
        _path = path;
        _folder = Path.GetDirectoryName(path)!;
        _name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        _openWriter = time.CreateTimer(
            static state => ((PoolWatch)state!).HandleOpenWriter(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        try
        {
            Arm();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A read starts: only what changes from now on counts. Call it before the lock is taken.</summary>
    internal void BeginRead()
    {
        lock (_gate)
            _hasChanged = false;
    }

    /// <summary>A read failed: whatever changed before it has not been seen.</summary>
    internal void FailRead() => Signal();

    /// <summary>Completes when the file may have changed since the last <see cref="BeginRead"/>.</summary>
    internal ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource waiter;
        lock (_gate)
        {
            // What happened while nothing was watched is not known, so a new watch starts as a change.
            if (_folderWatch == None)
                Arm();
            if (_hasChanged)
                return ValueTask.CompletedTask;
            _waiter = waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return new(waiter.Task.WaitAsync(cancellationToken));
    }

    /// <summary>Takes an event; called by the thread that reads them.</summary>
    internal void Handle(int number, uint mask, ReadOnlySpan<byte> name)
    {
        lock (_gate)
        {
            if ((mask & Libc.InOverflow) != 0)
                Signal();
            else if (number == _fileWatch)
                HandleFile(mask);
            else if (number == _folderWatch)
                HandleFolder(mask, name);
        }
    }

    /// <summary>Nothing can be watched any more.</summary>
    internal void HandleLoss()
    {
        lock (_gate)
        {
            _fileWatch = _folderWatch = None;
            Lose(FolderLost());
        }
    }

    /// <summary>Stops to watch; a wait under way ends.</summary>
    public void Dispose()
    {
        _openWriter.Dispose();
        lock (_gate)
        {
            Disarm();
            _waiter?.TrySetException(new ObjectDisposedException(nameof(LinuxGuestTransport)));
            _waiter = null;
        }
    }

    private void HandleFile(uint mask)
    {
        if ((mask & Libc.InIgnored) != 0)
        {
            // The file is gone. If a new one has its name already, its creation was or will be told by the folder.
            _fileWatch = None;
            Signal();
        }
        else if ((mask & Libc.InCloseWrite) != 0)
        {
            Signal();
        }
        else if ((mask & Libc.InModify) != 0 && !_isOpenWriterPending)
        {
            _isOpenWriterPending = true;
            _openWriter.Change(OpenWriterDelay, Timeout.InfiniteTimeSpan);
        }
    }

    private void HandleFolder(uint mask, ReadOnlySpan<byte> name)
    {
        if ((mask & (Libc.InDeleteSelf | Libc.InMoveSelf | Libc.InUnmount | Libc.InIgnored)) != 0)
        {
            Disarm();
            Lose(FolderLost());
        }
        else if (name.SequenceEqual(_name))
        {
            try
            {
                ArmFile();
                Signal();
            }
            catch (KvpTransportException exception)
            {
                Lose(exception);
            }
        }
    }

    private void HandleOpenWriter()
    {
        lock (_gate)
        {
            if (_isOpenWriterPending)
                Signal();
        }
    }

    private void Signal()
    {
        lock (_gate)
        {
            _hasChanged = true;
            _isOpenWriterPending = false;
            _waiter?.TrySetResult();
            _waiter = null;
        }
    }

    private void Lose(KvpTransportException exception)
    {
        _hasChanged = true;
        _waiter?.TrySetException(exception);
        _waiter = null;
    }

    private KvpTransportException FolderLost() => new(KvpTransportError.NotFound,
        $"Changes of {_path} can no longer be watched: the folder {_folder} was removed, renamed or unmounted.");

    private void Arm()
    {
        // The folder first: a file made between the two is then seen by the one or the other.
        int error = InotifyLoop.TryAdd(this, _folder, FolderEvents, out _folderWatch);
        if (error != 0)
            throw PoolErrors.Watching(error, _path);
        _hasChanged = true;
        ArmFile();
    }

    private void ArmFile()
    {
        int earlier = _fileWatch;
        int error = InotifyLoop.TryAdd(this, _path, FileEvents, out _fileWatch);
        if (earlier != None && earlier != _fileWatch)
            InotifyLoop.Remove(this, earlier);

        // Without a file the folder tells when there is one.
        if (error is 0 or Libc.NoEntry)
            return;
        Disarm();
        throw PoolErrors.Watching(error, _path);
    }

    private void Disarm()
    {
        if (_fileWatch != None)
            InotifyLoop.Remove(this, _fileWatch);
        if (_folderWatch != None)
            InotifyLoop.Remove(this, _folderWatch);
        _fileWatch = _folderWatch = None;
    }
}
