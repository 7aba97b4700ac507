using System.Net.Sockets;
using System.Security.Cryptography;
using KvpRpc.Emulator.Guests;
using KvpRpc.Emulator.Host;
using KvpRpc.Emulator.Port;

namespace KvpRpc.Emulator;

/// <summary>Lets programs in processes of their own be programs of an in-memory guest: they reach its tables, and
/// nothing else.</summary>
/// <remarks>Listens on a Unix domain socket in a folder that only this user can enter. When a program dies, what it
/// wrote stays in the tables, as in a real guest. Programs connect with
/// <see cref="EmulatedGuestTransport.ConnectAsync"/>.</remarks>
public sealed class EmulatedGuestPort : IAsyncDisposable
{
    // The shortest limit of the common systems is that of macOS: 104 bytes with the NUL.
    private const int MaxEndpointLength = 100;
    private const int MaxConnections = 64;

    private readonly LinuxMemoryGuest _guest;
    private readonly MediumMeter _meter;
    private readonly string _folder;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _connections = [];
    private readonly Task _accepting;
    private int _isDisposed;

    internal EmulatedGuestPort(LinuxMemoryGuest guest, MediumMeter meter)
    {
        _guest = guest;
        _meter = meter;
        _folder = CreateFolder();
        Endpoint = Path.Combine(_folder, "port");
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(Endpoint));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Endpoint, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Gets where programs connect: the path of a socket. Hand it to them, for example as an
    /// argument.</summary>
    public string Endpoint { get; }

    /// <summary>Closes the port and all its connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        Task[] connections;
        lock (_lock) connections = [.. _connections];
        await Task.WhenAll(connections).ConfigureAwait(false);
        _stopping.Dispose();
        File.Delete(Endpoint);
        Directory.Delete(_folder);
    }

    private static string CreateFolder()
    {
        string name = "kvprpc-" + RandomNumberGenerator.GetHexString(10, lowercase: true);
        string folder = Path.Combine(Path.GetTempPath(), name);
        if (folder.Length > MaxEndpointLength - 5 && !OperatingSystem.IsWindows()) folder = Path.Combine("/tmp", name);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return folder;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                lock (_lock)
                {
                    _connections.RemoveWhere(connection => connection.IsCompleted);
                    _connections.Add(ServeAsync(socket, isWelcome: _connections.Count < MaxConnections));
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException
            or ObjectDisposedException)
        {
            // The port is closed.
        }
    }

    private async Task ServeAsync(Socket socket, bool isWelcome)
    {
        PortConnection connection = new(socket, Open);
        await using (connection.ConfigureAwait(false))
        {
            if (isWelcome) await connection.RunAsync(_stopping.Token).ConfigureAwait(false);
        }
    }

    private MemoryGuestTransport Open(string prefix) => _guest.OpenTransport(prefix, _meter);
}
