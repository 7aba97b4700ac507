using System.Diagnostics;
using KvpRpc.Guest.Linux;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Tests.Linux;

public sealed class ChannelLockTests
{
    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_transport_in_the_process_is_refused_until_the_first_is_disposed()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using (folder.Open())
        {
            KvpTransportException error = Assert.Throws<KvpTransportException>(() => folder.Open());

            Assert.Equal(KvpTransportError.ChannelInUse, error.Error);
            Assert.Contains($"process {Environment.ProcessId} (", error.Message, StringComparison.Ordinal);
        }

        await using LinuxGuestTransport next = folder.Open();
    }

    [Fact]
    public async Task Another_process_owns_the_channel_until_it_is_killed()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        using Process owner = await StormProcesses.StartReadyAsync(Program.OwnerCommand, folder.Path);

        KvpTransportException error = Assert.Throws<KvpTransportException>(() => folder.Open());
        Assert.Equal(KvpTransportError.ChannelInUse, error.Error);
        Assert.Contains($"process {owner.Id} (", error.Message, StringComparison.Ordinal);

        await StormProcesses.KillAsync(owner);
        await using LinuxGuestTransport next = folder.Open();
    }

    [Fact]
    public async Task Other_channels_and_other_guests_are_not_in_the_way()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using GuestFolder neighbour = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();
        await using LinuxGuestTransport channel = folder.Open("kvprpc.other.");
        await using LinuxGuestTransport guest =
            LinuxGuestTransport.Open(neighbour.Options() with { LockFolder = folder.LockFolder });

        Assert.Equal(3, Directory.GetFiles(folder.LockFolder).Length);
    }

    [Theory]
    [InlineData("kvprpc.default.", "kvprpc.default.lock")]
    [InlineData("../x y.", "%2e.%2fx%20y.lock")]
    public void The_lock_file_of_the_standard_folder_has_the_channels_name(string prefix, string name)
    {
        string path = ChannelLock.GetPath(new LinuxGuestTransportOptions { KeyPrefix = prefix });

        Assert.Equal("/run/kvprpc/" + name, path);
    }

    [Fact]
    public async Task A_lock_folder_that_cannot_be_made_is_an_error_that_names_the_option()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        LinuxGuestTransportOptions options = folder.Options() with { LockFolder = folder.Own + "/locks" };

        KvpTransportException error = Assert.Throws<KvpTransportException>(() => LinuxGuestTransport.Open(options));

        Assert.Equal(KvpTransportError.Unavailable, error.Error);
        Assert.Contains(nameof(LinuxGuestTransportOptions.LockFolder), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_without_rights_is_told_to_use_root()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can start a process of another account.");
        Assert.SkipUnless(
            File.Exists("/usr/bin/setpriv"), "setpriv (util-linux) starts the process of another account.");
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        using (Process mode = StormProcesses.Start(["/bin/chmod", "755", folder.Path]))
            await mode.WaitForExitAsync(Canceled);

        using Process process = StormProcesses.Start(
        [
            "/usr/bin/setpriv", "--reuid=65534", "--clear-groups",
            StormProcesses.Executable, Program.OwnerCommand, folder.Path,
        ]);
        string? answer = await process.StandardOutput.ReadLineAsync(Canceled);
        Assert.SkipWhen(answer is null, "The other account cannot run this executable from its folder.");

        Assert.StartsWith("AccessDenied: ", answer, StringComparison.Ordinal);
        Assert.Contains("root", answer, StringComparison.Ordinal);
        await process.WaitForExitAsync(Canceled);
    }
}
