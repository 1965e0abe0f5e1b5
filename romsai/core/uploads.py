"""Files that people send are held in memory and never lie on a disk in the clear; what is too large is counted, not held."""

from io import BytesIO

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST = 20_000_000  # bytes of one file, and half of what one request may bring
larger = {}  # beginning of an address -> bytes, of rooms that take larger files


class InMemory(FileUploadHandler):
    """The only upload handler. A file too large arrives empty, with its true `size`, so that its form can say what is wrong."""

    def __init__(self, request=None):
        super().__init__(request)
        self.held = 0
        self.most = next((most for begin, most in larger.items() if request and request.path.startswith(begin)), MOST)

    def new_file(self, *args, **options):
        super().new_file(*args, **options)
        self.file = BytesIO()

    def receive_data_chunk(self, raw_data, start):
        if self.file.tell() + len(raw_data) <= self.most and self.held + len(raw_data) <= 2 * self.most:
            self.file.write(raw_data)
            self.held += len(raw_data)
        elif self.file.tell():
            self.held -= self.file.tell()
            self.file = BytesIO()

    def file_complete(self, file_size):
        is_whole = self.file.tell() == file_size
        size = file_size if is_whole else max(file_size, self.most + 1)
        self.file.seek(0)
        return InMemoryUploadedFile(
            self.file if is_whole else BytesIO(),
            self.field_name,
            self.file_name,
            self.content_type,
            size,
            self.charset,
            self.content_type_extra,
        )
