using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KvpRpc.Guest.Linux;

/// <summary>The process's one inotify instance and the one thread that reads it, for every
/// <see cref="PoolWatch"/>.</summary>
/// <remarks>
/// The thread ends when the last watch is removed: removing it puts an event into the queue that the thread waits for.
/// One instance, because an account has few of them (128 by default, shared with every other program of root).
/// </remarks>
internal sealed class InotifyLoop
{
    private const int EventHeaderSize = 16;
    private const int BufferSize = 4096;

    private static readonly Lock Gate = new();
    private static InotifyLoop? _shared;

    private readonly SafeFileHandle _inotify;
    private readonly Dictionary<int, PoolWatch[]> _watches = [];

    private InotifyLoop(SafeFileHandle inotify) => _inotify = inotify;

    /// <summary>Starts to watch a file or folder.</summary>
    /// <param name="watch">Who is told.</param>
    /// <param name="path">What is watched; all who watch it use the same mask.</param>
    /// <param name="mask">The events.</param>
    /// <param name="number">Gets the number that events carry.</param>
    /// <returns>0 or the error number.</returns>
    internal static int TryAdd(PoolWatch watch, string path, uint mask, out int number)
    {
        number = -1;
        lock (Gate)
        {
            InotifyLoop? loop = _shared;
            if (loop is null)
            {
                int descriptor = Libc.InotifyCreate(Libc.CloseOnExec);
                if (descriptor < 0)
                    return Marshal.GetLastPInvokeError();
                loop = new InotifyLoop(new SafeFileHandle(descriptor, ownsHandle: true));
            }

            number = Libc.InotifyAdd(loop._inotify, path, mask);
            int error = number < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error != 0)
            {
                if (_shared is null)
                    loop._inotify.Dispose();
                return error;
            }

            PoolWatch[] others = loop._watches.GetValueOrDefault(number, []);
            if (!others.Contains(watch))
                loop._watches[number] = [.. others, watch];
            if (_shared is null)
            {
                _shared = loop;
                new Thread(loop.Run) { IsBackground = true, Name = "KvpRpc inotify" }.Start();
            }

            return 0;
        }
    }

    /// <summary>Stops to watch.</summary>
    internal static void Remove(PoolWatch watch, int number)
    {
        lock (Gate)
        {
            if (_shared is null || !_shared._watches.TryGetValue(number, out PoolWatch[]? watches))
                return;

            PoolWatch[] others = Array.FindAll(watches, other => other != watch);
            if (others.Length > 0)
            {
                _shared._watches[number] = others;
            }
            else
            {
                _shared._watches.Remove(number);
                _ = Libc.InotifyRemove(_shared._inotify, number);
            }
        }
    }

    private void Run()
    {
        Span<byte> buffer = stackalloc byte[BufferSize];
        while (true)
        {
            nint length = Libc.ReadNext(_inotify, buffer, buffer.Length);
            if (length < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted)
                continue;
            if (length <= 0)
            {
                Lose();
                return;
            }

            for (ReadOnlySpan<byte> events = buffer[..(int)length]; events.Length >= EventHeaderSize;)
            {
                int nameLength = MemoryMarshal.Read<int>(events[12..]);
                Dispatch(
                    MemoryMarshal.Read<int>(events),
                    MemoryMarshal.Read<uint>(events[4..]),
                    events.Slice(EventHeaderSize, nameLength));
                events = events[(EventHeaderSize + nameLength)..];
            }

            if (TryStop())
                return;
        }
    }

    private void Dispatch(int number, uint mask, ReadOnlySpan<byte> name)
    {
        PoolWatch[] watches;
        lock (Gate)
        {
            watches = (mask & Libc.InOverflow) != 0
                ? [.. _watches.Values.SelectMany(all => all).Distinct()]
                : _watches.GetValueOrDefault(number, []);
            if ((mask & Libc.InIgnored) != 0)
                _watches.Remove(number);
        }

        int end = name.IndexOf((byte)0);
        foreach (PoolWatch watch in watches)
            watch.Handle(number, mask, end < 0 ? name : name[..end]);
    }

    private bool TryStop()
    {
        lock (Gate)
        {
            if (_watches.Count > 0)
                return false;
            Close();
            return true;
        }
    }

    private void Lose()
    {
        PoolWatch[] watches;
        lock (Gate)
        {
            watches = [.. _watches.Values.SelectMany(all => all).Distinct()];
            _watches.Clear();
            Close();
        }

        foreach (PoolWatch watch in watches)
            watch.HandleLoss();
    }

    private void Close()
    {
        _inotify.Dispose();
        if (_shared == this)
            _shared = null;
    }
}
