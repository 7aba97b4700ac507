using KvpRpc.Guest.Linux;
using KvpRpc.Transports;

namespace KvpRpc.Guest;

/// <summary>The tables of a Linux guest: the pool files that <c>hv_kvp_daemon</c> shares with the host.</summary>
/// <remarks>
/// <para>The peer's table is <c>.kvp_pool_0</c>, which is never written; the own table is <c>.kvp_pool_1</c>, of which
/// only records whose key starts with <see cref="LinuxGuestTransportOptions.KeyPrefix"/> are written. Reading needs no
/// rights, writing needs root.</para>
/// <para>Reads and writes run on the caller's thread and take some microseconds, since the files are in the page cache;
/// they wait, without a thread, only when another process holds the lock. Nothing is forced to disk: what the machine
/// had not written when it lost power is gone or old after it starts again.</para>
/// </remarks>
public sealed class LinuxGuestTransport : IKvpTransport
{
    private const int MaxPrefixLength = 200;

    private readonly LinuxGuestTransportOptions _options;
    private readonly string _peerPath;
    private readonly string _ownPath;
    private readonly OwnKeys _keys;
    private readonly PoolWriter _writer;
    private readonly PoolProblems _peerProblems;
    private readonly PoolProblems _ownProblems;
    private readonly PoolWatch _watch;
    private readonly ChannelLock _channel;
    private volatile bool _mustHeal = true;

    private LinuxGuestTransport(LinuxGuestTransportOptions options, ChannelLock channel)
    {
        _options = options;
        _channel = channel;
        _peerPath = PoolPath(options, PoolNumber.FromHost);
        _ownPath = PoolPath(options, PoolNumber.FromGuest);
        _keys = new OwnKeys(options.KeyPrefix);
        _writer = new PoolWriter(_keys, _ownPath);
        _peerProblems = new PoolProblems(_peerPath, keys: null);
        _ownProblems = new PoolProblems(_ownPath, _keys);

        // Both are opened once now, so that what is missing or forbidden is said here and not at the first call.
        PoolFile.Probe(_peerPath, PoolAccess.Read);
        PoolFile.Probe(_ownPath, PoolAccess.Write);
        _watch = new PoolWatch(_peerPath, options.TimeProvider);
    }

    /// <inheritdoc/>
    public KvpTransportLimits Limits { get; } = new()
    {
        MaxKeyUnits = PoolEncoder.MaxKeyUnits,
        MaxValueUnits = PoolEncoder.MaxValueUnits,
        MaxValueUtf8Bytes = PoolRecord.MaxValueBytes,
    };

    /// <summary>Gets true: inotify tells when the daemon has written.</summary>
    public bool CanWaitForChange => true;

    /// <inheritdoc/>
    /// <remarks>
    /// <c>foreign-record-invalid-utf8</c>: the record of another program hides all later ones from the host.
    /// <c>foreign-record-unterminated</c>: it may. <c>pool-too-large</c>: only the first 3276 records are looked at.
    /// </remarks>
    public IReadOnlyList<KvpTransportProblem> Problems
    {
        get
        {
            IReadOnlyList<KvpTransportProblem> peer = _peerProblems.Current;
            IReadOnlyList<KvpTransportProblem> own = _ownProblems.Current;
            return peer.Count == 0 ? own : [.. peer, .. own];
        }
    }

    /// <summary>Opens the tables of this guest and makes this process the owner of the channel.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="KvpTransportException">The folder or a pool file does not exist
    /// (<see cref="KvpTransportError.NotFound"/>), may not be written (<see cref="KvpTransportError.AccessDenied"/>),
    /// has another owner (<see cref="KvpTransportError.ChannelInUse"/>), or this is not a Linux that can do
    /// it.</exception>
    public static LinuxGuestTransport Open(LinuxGuestTransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.KeyPrefix.Length is 0 or > MaxPrefixLength || options.KeyPrefix.Any(one => one is <= ' ' or > '~'))
        {
            throw new ArgumentException(
                $"The key prefix must have 1 to {MaxPrefixLength} ASCII letters, digits or punctuation.",
                nameof(options));
        }

        CheckPlatform();
        ChannelLock channel = ChannelLock.Take(options);
        try
        {
            return new LinuxGuestTransport(options, channel);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        _watch.BeginRead();
        try
        {
            using PoolImage image = await ReadAsync(_peerPath, cancellationToken).ConfigureAwait(false);
            _peerProblems.Update(image);
            PoolReader.Visit(image, hiddenPrefix: [], visitor);
        }
        catch
        {
            _watch.FailRead();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        using PoolImage image = await ReadAsync(_ownPath, cancellationToken).ConfigureAwait(false);
        _ownProblems.Update(image);
        if (PoolReader.Visit(image, _keys.FreePrefix, visitor))
            _mustHeal = true;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Count, Limits.MaxItemsPerBatch);
        if (_writer.Check(batch) == 0)
            return;

        try
        {
            using PoolFile file = await OpenAsync(_ownPath, PoolAccess.Write, cancellationToken).ConfigureAwait(false);
            using PoolImage image = PoolImage.Read(file, spareRecords: batch.Count);
            bool heal = _mustHeal;
            _mustHeal = false;
            _writer.Write(image, batch, heal, file.TryApply);
            _ownProblems.Update(image);
        }
        catch (Exception exception) when (exception is KvpTransportException or OperationCanceledException)
        {
            // Both come only before the first step.
            foreach (KvpItemWrite item in batch)
            {
                item.Outcome = KvpWriteOutcome.Refused;
                item.Error ??= exception.Message;
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask WaitForChangeAsync(CancellationToken cancellationToken) => _watch.WaitAsync(cancellationToken);

    /// <summary>Releases the channel. Own items stay in the table.</summary>
    public ValueTask DisposeAsync()
    {
        _watch.Dispose();
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static string PoolPath(LinuxGuestTransportOptions options, PoolNumber pool) =>
        Path.Combine(Path.GetFullPath(options.Folder), $".kvp_pool_{(int)pool}");

    internal static void CheckPlatform()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            throw new KvpTransportException(KvpTransportError.Unavailable,
                "The pool files need 64-bit Linux: the lock that the KVP daemon respects has no equal elsewhere.");
        }
    }

    private ValueTask<PoolFile> OpenAsync(string path, PoolAccess access, CancellationToken cancellationToken) =>
        PoolFile.OpenAsync(path, access, _options.LockTimeout, _options.TimeProvider, cancellationToken);

    private async ValueTask<PoolImage> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using PoolFile file = await OpenAsync(path, PoolAccess.Read, cancellationToken).ConfigureAwait(false);
        return PoolImage.Read(file);
    }
}
