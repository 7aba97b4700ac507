using System.IO.MemoryMappedFiles;

namespace KvpRpc.Cli.Demo.Guests;

/// <summary>Counts what a guest's program does with its tables, in a file of memory that the demo reads.</summary>
/// <remarks>The emulator cannot see who writes pool files, and a process that is killed can tell nothing. Counts alone
/// are in the file, and only this way: no part of a call goes through it.</remarks>
internal sealed class TrafficMeter : IDisposable
{
    private const int Writes = 0;
    private const int Items = 8;
    private const int Bytes = 16;
    private const int Reads = 24;
    private const int Size = 32;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Lock _gate = new();

    private TrafficMeter(string path, FileMode mode)
    {
        _file = MemoryMappedFile.CreateFromFile(
            new FileStream(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite), null, Size,
            MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, Size);
    }

    internal static TrafficMeter Create(string path) => new(path, FileMode.OpenOrCreate);

    /// <summary>Reads what was counted so far.</summary>
    internal GuestTraffic Read() => new(
        _view.ReadInt64(Writes), _view.ReadInt64(Items), _view.ReadInt64(Bytes), _view.ReadInt64(Reads));

    internal void CountWrite(int items, int bytes)
    {
        lock (_gate)
        {
            Add(Writes, 1);
            Add(Items, items);
            Add(Bytes, bytes);
        }
    }

    internal void CountRead()
    {
        lock (_gate)
            Add(Reads, 1);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private void Add(int position, long count) => _view.Write(position, _view.ReadInt64(position) + count);
}
