using KvpRpc.Guest.Linux;

namespace KvpRpc.Guest.Tests.Linux;

/// <summary>A folder of pool files, and hands that do to them what the daemon and other programs do.</summary>
internal sealed class GuestFolder : IAsyncDisposable
{
    internal const string Prefix = "kvprpc.test.";

    private bool _isOwned;

    /// <summary>Names a folder that has pool files.</summary>
    internal GuestFolder(string existing)
    {
        Path = existing;
        LockFolder = System.IO.Path.Combine(existing, "locks");
    }

    internal string Path { get; }

    internal string LockFolder { get; }

    internal string Peer => Pool(0);

    internal string Own => Pool(1);

    /// <summary>Makes a folder with empty pool files, which goes when it is disposed.</summary>
    internal static async ValueTask<GuestFolder> CreateAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The pool files are those of a Linux guest.");
        GuestFolder folder = new(Directory.CreateTempSubdirectory("kvprpc-guest-").FullName) { _isOwned = true };
        for (int pool = 0; pool < 4; pool++)
            await File.WriteAllBytesAsync(folder.Pool(pool), []);
        return folder;
    }

    internal LinuxGuestTransportOptions Options(string prefix = Prefix) =>
        new() { KeyPrefix = prefix, Folder = Path, LockFolder = LockFolder };

    internal LinuxGuestTransport Open(string prefix = Prefix) => LinuxGuestTransport.Open(Options(prefix));

    internal string Pool(int number) => System.IO.Path.Combine(Path, $".kvp_pool_{number}");

    /// <summary>Sets or deletes an item as the daemon does: the whole file is rewritten in place, under the
    /// lock.</summary>
    internal async ValueTask SetPeerAsync(string key, string? value)
    {
        using PoolFile file = await LockAsync(Peer);
        List<(string Key, string Value)> items = PoolBytes.AsHostSees(ReadAll(file));
        int place = items.FindIndex(item => item.Key == key);
        if (place >= 0 && value is null)
            items.RemoveAt(place);
        else if (place >= 0)
            items[place] = (key, value!);
        else if (value is not null)
            items.Add((key, value));

        byte[] bytes = PoolBytes.File([.. items.Select(item => PoolBytes.Record(item.Key, item.Value))]);
        Assert.Equal(0, file.TryApply(new(PoolStepKind.SetLength, 0, 0, 0), []));
        Assert.Equal(0, file.TryApply(new(PoolStepKind.Write, 0, 0, bytes.Length), bytes));
    }

    /// <summary>Sets an item of the own table as another program does: in place, or at the end.</summary>
    internal async ValueTask SetForeignAsync(string key, string value)
    {
        using PoolFile file = await LockAsync(Own);
        byte[] bytes = ReadAll(file);
        int place = PoolBytes.AsHostSees(bytes).FindIndex(item => item.Key == key);
        long position = place < 0 ? bytes.Length : place * PoolBytes.RecordSize;
        byte[] record = PoolBytes.Record(key, value);
        Assert.Equal(0, file.TryApply(new(PoolStepKind.Write, position, 0, record.Length), record));
    }

    /// <summary>Reads a file whole, under its lock.</summary>
    internal static async ValueTask<byte[]> ReadAsync(string path)
    {
        using PoolFile file = await LockAsync(path, PoolAccess.Read);
        return ReadAll(file);
    }

    internal static ValueTask<PoolFile> LockAsync(string path, PoolAccess access = PoolAccess.Write) =>
        PoolFile.OpenAsync(
            path, access, TimeSpan.FromSeconds(20), TimeProvider.System, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        if (_isOwned)
            Directory.Delete(Path, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static byte[] ReadAll(PoolFile file)
    {
        byte[] bytes = new byte[file.GetLength()];
        return bytes[..file.Read(bytes)];
    }
}
