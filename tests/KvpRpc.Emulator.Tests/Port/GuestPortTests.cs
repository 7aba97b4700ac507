using System.Diagnostics;
using System.Net.Sockets;
using KvpRpc.Transports;

namespace KvpRpc.Emulator.Tests.Port;

/// <summary>What the port is beside a transport: who may connect, who dies, who misbehaves.</summary>
public sealed class GuestPortTests : EmulatorTestBase
{
    [Fact]
    public async Task A_process_that_is_killed_leaves_its_items_and_frees_its_prefix()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        await using EmulatedGuestPort port = machine.OpenGuestPort();
        IKvpTransport host = machine.OpenHostTransport("");
        await WriteAsync(host, "question", "1");

        using (Process process = GuestProgram.Start(port.Endpoint))
        {
            // The program echoes what it is asked, once for each change: see GuestProgram.
            await PollAsync(host, "answer=1");
            await WriteAsync(host, "question", "2");
            await PollAsync(host, "answer=2");
            KvpTransportException inUse = await Assert.ThrowsAsync<KvpTransportException>(
                async () => await EmulatedGuestTransport.ConnectAsync(port.Endpoint, GuestProgram.Prefix, Canceled));
            Assert.Equal(KvpTransportError.ChannelInUse, inUse.Error);
            process.Kill();
            await process.WaitForExitAsync(Canceled);
        }

        Assert.Equal("answer=2", await ReadPeerAsync(host));
        await using EmulatedGuestTransport next = await ConnectWhenFreeAsync(port.Endpoint, GuestProgram.Prefix);
        Assert.Equal("answer=2", await ReadOwnAsync(next));
    }

    [Fact]
    public async Task Where_no_guest_listens_there_is_a_clear_error()
    {
        string endpoint = Path.Combine(Path.GetTempPath(), "kvprpc-nobody");

        KvpTransportException exception = await Assert.ThrowsAsync<KvpTransportException>(
            async () => await EmulatedGuestTransport.ConnectAsync(endpoint, "", Canceled));

        Assert.Equal(KvpTransportError.NotFound, exception.Error);
        Assert.Contains(endpoint, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_that_is_off_refuses_programs_and_takes_them_after_boot()
    {
        EmulatedVirtualMachine machine = AddMachine();
        await using EmulatedGuestPort port = machine.OpenGuestPort();
        await Assert.ThrowsAsync<KvpTransportException>(
            async () => await EmulatedGuestTransport.ConnectAsync(port.Endpoint, "", Canceled));
        await machine.StartAsync(Canceled);
        await using EmulatedGuestTransport program =
            await EmulatedGuestTransport.ConnectAsync(port.Endpoint, "", Canceled);
        await ReadPeerAsync(program);
        Task wait = program.WaitForChangeAsync(Canceled).AsTask();

        await machine.TurnOffAsync(Canceled);

        await Assert.ThrowsAsync<KvpTransportException>(() => wait);
        await Assert.ThrowsAsync<KvpTransportException>(() => WriteAsync(program, "a", "1"));
    }

    [Fact]
    public async Task A_port_that_closes_ends_its_connections()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        EmulatedGuestPort port = machine.OpenGuestPort();
        await using EmulatedGuestTransport program =
            await EmulatedGuestTransport.ConnectAsync(port.Endpoint, "", Canceled);
        await ReadPeerAsync(program);
        Task wait = program.WaitForChangeAsync(Canceled).AsTask();

        await port.DisposeAsync();

        await Assert.ThrowsAsync<KvpTransportException>(() => wait);
        await Assert.ThrowsAsync<KvpTransportException>(() => WriteAsync(program, "a", "1"));
        Assert.False(Directory.Exists(Path.GetDirectoryName(port.Endpoint)));
    }

    [Fact]
    public async Task The_socket_is_for_this_user_alone_and_its_path_is_short()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        await using EmulatedGuestPort port = machine.OpenGuestPort();

        Assert.True(port.Endpoint.Length < 100, port.Endpoint);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(port.Endpoint));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(port.Endpoint)!));
    }

    public static TheoryData<string, byte[]> Nonsense => new()
    {
        { "a length that is too long", [0xFF, 0xFF, 0xFF, 0x7F] },
        { "a length below zero", [0xFF, 0xFF, 0xFF, 0xFF] },
        { "no length", [0, 0, 0, 0] },
        { "not a MessagePack array", [1, 0, 0, 0, 0xC1] },
        { "an array without its elements", [1, 0, 0, 0, 0x93] },
        { "another version", [4, 0, 0, 0, 0x93, 0, 99, 0xA0] },
        { "a number that does not fit", [11, 0, 0, 0, 0x93, 0xCF, 255, 255, 255, 255, 255, 255, 255, 255, 1] },
        { "a request before the greeting", [2, 0, 0, 0, 0x91, 4] },
        { "greeted, then no such operation", [4, 0, 0, 0, 0x93, 0, 1, 0xA0, 2, 0, 0, 0, 0x91, 9] },
        {
            "greeted, then a read and two waits at once",
            [4, 0, 0, 0, 0x93, 0, 1, 0xA0, 3, 0, 0, 0, 0x92, 1, 0xC3, 2, 0, 0, 0, 0x91, 4, 2, 0, 0, 0, 0x91, 4]
        },
        { "greeted, then too large a batch", [4, 0, 0, 0, 0x93, 0, 1, 0xA0, 5, 0, 0, 0, 0x92, 3, 0xDC, 4, 0] },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task A_program_that_speaks_another_language_is_cut_off_alone(string name, byte[] bytes)
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        await using EmulatedGuestPort port = machine.OpenGuestPort();
        await using EmulatedGuestTransport other =
            await EmulatedGuestTransport.ConnectAsync(port.Endpoint, "x", Canceled);
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(port.Endpoint), Canceled);

        await socket.SendAsync(bytes, Canceled);

        byte[] buffer = new byte[256];
        int received;
        do
        {
            received = await ReceiveAsync(socket, buffer);
        }
        while (received > 0);
        Assert.True((await WriteAsync(other, "x", "still here")).Outcome is KvpWriteOutcome.Landed, name);
    }

    private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, Canceled);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static async Task PollAsync(IKvpTransport host, string expected)
    {
        using PeriodicTimer beat = new(TimeSpan.FromMilliseconds(5));
        while (await ReadPeerAsync(host) != expected) await beat.WaitForNextTickAsync(Canceled);
    }

    // The server sees that a program has died a moment after it has.
    private static async Task<EmulatedGuestTransport> ConnectWhenFreeAsync(string endpoint, string prefix)
    {
        using PeriodicTimer beat = new(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            try
            {
                return await EmulatedGuestTransport.ConnectAsync(endpoint, prefix, Canceled);
            }
            catch (KvpTransportException exception) when (exception.Error is KvpTransportError.ChannelInUse)
            {
                await beat.WaitForNextTickAsync(Canceled);
            }
        }
    }
}
